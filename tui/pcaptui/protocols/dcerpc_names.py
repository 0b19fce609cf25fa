"""Interfaces of DCE/RPC that captures show, and the operations of the commonest ones."""

from __future__ import annotations

TRANSFER = {
    "8a885d04-1ceb-11c9-9fe8-08002b104860": "32bit NDR",
    "71710533-beba-4937-8319-b5dbef9ccc36": "64bit NDR",
}
INTERFACES = {
    "12345778-1234-abcd-ef00-0123456789ac": "SAMR",
    "12345778-1234-abcd-ef00-0123456789ab": "LSARPC",
    "4b324fc8-1670-01d3-1278-5a47bf6ee188": "SRVSVC",
    "6bffd098-a112-3610-9833-46c3f87e345a": "WKSSVC",
    "12345678-1234-abcd-ef00-01234567cffb": "RPC_NETLOGON",
    "12345678-1234-abcd-ef00-0123456789ab": "SPOOLSS",
    "e3514235-4b06-11d1-ab04-00c04fc2dcd2": "DRSUAPI",
    "e1af8308-5d1f-11c9-91a4-08002b14a0fa": "EPMv4",
    "367abb81-9844-35f1-ad32-98f038001003": "SVCCTL",
    "338cd001-2244-31f1-aaaa-900038001003": "WINREG",
    "1ff70682-0a51-30e8-076d-740be8cee98b": "ATSVC",
    "f5cc5a18-4264-101a-8c59-08002b2f8426": "NSPI",
    "00000143-0000-0000-c000-000000000046": "IRemUnknown2",
    "00000131-0000-0000-c000-000000000046": "IRemUnknown",
    "99fcfec4-5260-101b-bbcb-00aa0021347a": "IOXIDResolver",
    "000001a0-0000-0000-c000-000000000046": "ISystemActivator",
    "4d9f4ab8-7d1c-11cf-861e-0020af6e7c57": "REMACT",
    "3919286a-b10c-11d0-9ba8-00c04fd92ef5": "DSSETUP",
    "82273fdc-e32a-18c3-3f78-827929dc23ea": "EVENTLOG",
    "a4f1db00-ca47-1067-b31f-00dd010662da": "MAPI",
    "8a7b5006-cc13-11db-9705-005056c00008": "TsProxyRpcInterface",
    "afa8bd80-7d8a-11c9-bef4-08002b102989": "MGMT",
}
OPERATIONS: dict[str, dict[int, str]] = {
    "SAMR": {
        0: "Connect", 1: "Close", 2: "SetSecurity", 3: "QuerySecurity", 4: "Shutdown", 5: "LookupDomain",
        6: "EnumDomains", 7: "OpenDomain", 8: "QueryDomainInfo", 9: "SetDomainInfo", 11: "EnumDomainGroups",
        13: "EnumDomainUsers", 15: "EnumDomainAliases", 16: "GetAliasMembership", 17: "LookupNames", 18: "LookupRids",
        19: "OpenGroup", 25: "QueryGroupMember", 27: "OpenAlias", 33: "GetMembersInAlias", 34: "OpenUser",
        36: "QueryUserInfo", 37: "SetUserInfo", 39: "GetGroupsForUser", 40: "QueryDisplayInfo", 46: "QueryDomainInfo2",
        47: "QueryUserInfo2", 48: "QueryDisplayInfo2", 50: "CreateUser2", 51: "QueryDisplayInfo3", 56: "GetDomPwInfo",
        57: "Connect2", 58: "SetUserInfo2", 62: "Connect4", 64: "Connect5",
    },
    "SRVSVC": {
        8: "NetConnEnum", 9: "NetFileEnum", 12: "NetSessEnum", 14: "NetShareAdd", 15: "NetShareEnumAll",
        16: "NetShareGetInfo", 17: "NetShareSetInfo", 18: "NetShareDel", 21: "NetSrvGetInfo", 22: "NetSrvSetInfo",
        23: "NetDiskEnum", 28: "NetRemoteTOD", 31: "NetPathCanonicalize", 32: "NetPathCompare", 36: "NetShareEnum",
        39: "NetGetFileSecurity", 40: "NetSetFileSecurity",
    },
    "WKSSVC": {0: "NetWkstaGetInfo", 2: "NetWkstaEnumUsers", 5: "NetWkstaTransportEnum"},
    "LSARPC": {
        0: "lsa_Close", 2: "lsa_EnumPrivs", 3: "lsa_QuerySecurity", 6: "lsa_OpenPolicy", 7: "lsa_QueryInfoPolicy",
        11: "lsa_EnumAccounts", 13: "lsa_EnumTrustDom", 14: "lsa_LookupNames", 15: "lsa_LookupSids",
        17: "lsa_OpenAccount",
        44: "lsa_OpenPolicy2", 45: "lsa_GetUserName", 46: "lsa_QueryInfoPolicy2", 50: "lsa_EnumTrustedDomainsEx",
        57: "lsa_LookupSids2", 58: "lsa_LookupNames2", 68: "lsa_LookupNames3", 76: "lsa_LookupSids3",
        77: "lsa_LookupNames4",
    },
    "RPC_NETLOGON": {
        2: "NetrLogonSamLogon", 4: "NetrServerReqChallenge", 5: "NetrServerAuthenticate", 15: "NetrServerAuthenticate2",
        21: "NetrLogonGetCapabilities", 26: "NetrServerAuthenticate3", 29: "NetrLogonGetDomainInfo",
        34: "DsrGetDcNameEx2", 39: "NetrLogonSamLogonEx", 40: "DsrEnumerateDomainTrusts",
        45: "NetrLogonSamLogonWithFlags",
    },
    "DRSUAPI": {
        0: "DsBind", 1: "DsUnbind", 2: "DsReplicaSync", 3: "DsGetNCChanges", 4: "DsReplicaUpdateRefs",
        12: "DsCrackNames",
        13: "DsWriteAccountSpn", 16: "DsGetDomainControllerInfo", 17: "DsAddEntry",
    },
    "SVCCTL": {
        0: "CloseServiceHandle", 1: "ControlService", 2: "DeleteService", 6: "QueryServiceStatus", 12: "CreateServiceW",
        14: "EnumServicesStatusW", 15: "OpenSCManagerW", 16: "OpenServiceW", 17: "QueryServiceConfigW",
        19: "StartServiceW",
        27: "OpenSCManagerA", 28: "OpenServiceA",
    },
    "WINREG": {
        0: "OpenHKCR", 1: "OpenHKCU", 2: "OpenHKLM", 4: "OpenHKU", 5: "CloseKey", 6: "CreateKey", 7: "DeleteKey",
        9: "EnumKey", 10: "EnumValue", 15: "OpenKey", 16: "QueryInfoKey", 17: "QueryValue", 22: "SetValue",
        26: "GetVersion",
    },
    "EPMv4": {2: "Lookup", 3: "Map", 4: "LookupHandleFree"},
}  # fmt: skip
