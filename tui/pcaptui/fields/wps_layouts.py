"""Data elements of Wi-Fi Protected Setup, with tshark's words."""

from __future__ import annotations

from .records import Record

ELEMENTS: dict[int, str] = {
    0x1001: "AP Channel", 0x1002: "Association State", 0x1003: "Authentication Type",
    0x1004: "Authentication Type Flags", 0x1005: "Authenticator", 0x1008: "Config Methods",
    0x1009: "Configuration Error", 0x100A: "Confirmation URL4", 0x100B: "Confirmation URL6", 0x100C: "Connection Type",
    0x100D: "Connection Type Flags", 0x100E: "Credential", 0x1011: "Device Name", 0x1012: "Device Password ID",
    0x1014: "E Hash1", 0x1015: "E Hash2", 0x1016: "E SNonce1", 0x1017: "E SNonce2", 0x1018: "Encrypted Settings",
    0x100F: "Encryption Type", 0x1010: "Encryption Type Flags", 0x101A: "Enrollee Nonce", 0x101B: "Feature Id",
    0x101C: "Identity", 0x101D: "Identity Proof", 0x101E: "Key Wrap Authenticator", 0x101F: "Key Identifier",
    0x1020: "MAC Address", 0x1021: "Manufacturer", 0x1022: "Message Type", 0x1023: "Model Name",
    0x1024: "Model Number", 0x1026: "Network Index", 0x1027: "Network Key", 0x1028: "Network Key Index",
    0x1029: "New Device Name", 0x102A: "New Password", 0x102C: "OOB Device Password", 0x102D: "OS Version",
    0x102F: "Power Level", 0x1030: "PSK Current", 0x1031: "PSK Max", 0x1032: "Public Key", 0x1033: "Radio Enabled",
    0x1034: "Reboot", 0x1035: "Registrar Current", 0x1036: "Registrar Established", 0x1037: "Registrar List",
    0x1038: "registrar_max", 0x1039: "Registrar Nonce", 0x103A: "Request Type", 0x103B: "Response Type",
    0x103C: "RF Bands", 0x103D: "R Hash1", 0x103E: "R Hash2", 0x103F: "R Snonce1", 0x1040: "R Snonce2",
    0x1041: "Selected Registrar", 0x1042: "Serial Number", 0x1044: "Wifi Protected Setup State", 0x1045: "SSID",
    0x1046: "Total Networks", 0x1047: "UUID E", 0x1048: "UUID R", 0x1049: "Vendor Extension", 0x104A: "Version",
    0x104B: "X509 Certificate Request", 0x104C: "X509 Certificate", 0x104D: "EAP Identity", 0x104E: "Message Counter",
    0x104F: "Public Key Hash", 0x1050: "Rekey Key", 0x1051: "Key Lifetime", 0x1052: "Permitted Config Methods",
    0x1053: "Selected Registrar Config Methods", 0x1054: "Primary Device Type", 0x1055: "Secondary Device Type List",
    0x1056: "Portable Device", 0x1057: "Ap Setup Locked", 0x1058: "Application Extension", 0x1059: "EAP Type",
    0x1060: "Initialization Vector", 0x1061: "Key Provided Automatically", 0x1062: "8021x Enabled",
    0x1063: "AppSessionKey", 0x1064: "WEPTransmitKey", 0x106A: "Requested Device Type",
}  # fmt: skip
ELEMENT_FIELDS = Record(
    "wps",
    """
@2|.ap_channel|AP Channel|d
@2|.association_state|Association State|x|0 Not associated|1 Connection success|2 Configuration Failure\
|3 Association Failure|4 IP Failure
@2|.authentication_type|Authentication Type|x|1 Open|2 WPA PSK|4 Shared|8 WPA|16 WPA2|32 WPA2 PSK
@2|.authentication_type_flags|Authentication Type Flags|x
@*|.authenticator|Authenticator|h
@2|.config_methods|Configuration Methods|x
@2|.configuration_error|Configuration Error|x|0 No Error|1 OOB Interface Read Error|2 Decryption CRC Failure\
|3 2.4 channel not supported|4 5.0 channel not supported|5 Signal too weak|6 Network auth failure\
|7 Network association failure|8 No DHCP response|9 failed DHCP config|10 IP address conflict\
|11 Couldn't connect to Registrar|12 Multiple PBC sessions detected|13 Rogue activity suspected|14 Device busy\
|15 Setup locked|16 Message Timeout|17 Registration Session Timeout|18 Device Password Auth Failure
@*|.confirmation_url4|Confirmation URL4|s
@*|.confirmation_url6|Confirmation URL6|s
@1|.connection_type|Connection Type|x
@1|.connection_type_flags|Connection Types|x|1 ESS|2 IBSS
@*|.credential|Credential|h
@*|.device_name|Device Name|s
@2|.device_password_id|Device Password ID|x|0 PIN (default)|1 User specified|2 Machine specified|3 Rekey\
|4 PushButton|5 Registrar specified
@*|.e_hash1|Enrollee Hash 1|h
@*|.e_hash2|Enrollee Hash 2|h
@*|.e_snonce1|Enrollee SNounce 1|h
@*|.e_snonce2|Enrollee SNounce 2|h
@*|.encrypted_settings|Encrypted Settings|h
@2|.encryption_type|Encryption Type|x|1 none|2 WEP|4 TKIP|8 AES
@2|.encryption_type_flags|Encryption Type Flags|x
@*|.enrollee_nonce|Enrollee Nonce|h
@4|.feature_id|Feature ID|x
@*|.identity|Identity|s
@*|.identity_proof|Identity Proof|h
@*|.key_wrap_authenticator|Key Wrap Authenticator|h
@*|.key_identifier|Key Identifier|h
@6|.mac_address|MAC|m
@*|.manufacturer|Manufacturer|s
@1|.message_type|Message Type|x|1 Beacon|2 Probe Request|3 Probe Response|4 M1|5 M2|6 M2D|7 M3|8 M4|9 M5|10 M6\
|11 M7|12 M8|13 WSC_ACK|14 WSC_NACK|15 WSC_DONE
@*|.model_name|Model Name|s
@*|.model_number|Model Number|s
@1|.network_index|Network Index|x
@*|.network_key|Network Key|h
@1|.network_key_index|Network Key Index|x
@*|.new_device_name|New Device Name|h
@*|.new_password|New Password|h
@*|.oob_device_password|OOB Device Password|h
@4|.os_version|OS Version|x
@1|.power_level|Power Level|x
@1|.psk_current|PSK Current|x
@1|.psk_max|PSK Max|x
@*|.public_key|Public Key|h
@1|.radio_enabled|Radio Enabled|x
@1|.reboot|Reboot|x
@1|.registrar_current|Registrar current|x
@1|.registrar_established|Registrar established|x
@*|.registrar_list|Registrar list|h
@1|.registrar_max|Registrar max|x
@*|.registrar_nonce|Registrar Nonce|h
@1|.request_type|Request Type|x|0 Enrollee, Info only|1 Enrollee, open 802.1X|2 Registrar\
|3 WLAN Manager Registrar
@1|.response_type|Response Type|x|0 Enrollee, Info only|1 Enrollee, open 802.1X|2 Registrar|3 AP
@1|.rf_bands|RF Bands|x|1 2.4 GHz|2 5 GHz|3 2.4 and 5 GHz
@*|.r_hash1|Registrar Hash 1|h
@*|.r_hash2|Registrar Hash 2|h
@*|.r_snonce1|Registrar Snonce1|h
@*|.r_snonce2|Registrar Snonce 2|h
@1|.selected_registrar|Selected Registrar|x
@*|.serial_number|Serial Number|s
@1|.wifi_protected_setup_state|Wifi Protected Setup State|x|0 Reserved|1 Not configured|2 Configured
@*|.ssid|SSID|s
@1|.total_networks|Total Networks|x
@*|.uuid_e|UUID Enrollee|h
@*|.uuid_r|UUID Registrar|h
@*|.vendor_extension|Vendor Extension|h
@1|.version|Version|x
@*|.x509_certificate_request|X509 Certificate Request|h
@*|.x509_certificate|X509 Certificate|h
@*|.eap_identity|EAP Identity|h
@8|.message_counter|Message Counter|x
@*|.public_key_hash|Public Key Hash|h
@*|.rekey_key|Rekey Key|h
@4|.key_lifetime|Key Lifetime|x
@2|.permitted_config_methods|Permitted COnfig Methods|x
@2|.selected_registrar_config_methods|Selected Registrar Config Methods|x
@*|.primary_device_type|Primary Device Type|h
@*|.secondary_device_type_list|Secondary Device Type List|h
@1|.portable_device|Portable Device|x
@1|.ap_setup_locked|AP Setup Locked|x
@*|.application_extension|Application Extension|h
@*|.eap_type|EAP Type|h
@*|.initialization_vector|Initialization Vector|h
@1|.key_provided_automatically|Key Provided Automatically|x
@1|.8021x_enabled|8021x Enabled|x
@*|.appsessionkey|AppSessionKey|h
@1|.weptransmitkey|WEP Transmit Key|x
@*|.requested_dev_type|Requested Device Type|h
""",
    little=False,
)
METHODS = Record(
    "wps",
    """
1|.usba|USB|x
2|.ethernet|Ethernet|x
4|.label|Label|x
8|.display|Display|x
2000|.virt_display|Virtual Display|x
4000|.phy_display|Physical Display|x
10|.nfcext|External NFC|x
20|.nfcint|Internal NFC|x
40|.nfcinf|NFC Interface|x
80|.pushbutton|Push Button|x
200|.virt_pushbutton|Virtual Push Button|x
400|.phy_pushbutton|Physical Push Button|x
100|.keypad|Keypad|x
""",
    little=False,
)
CATEGORIES = Record(
    "wps.primary_device_type",
    """
@2|.category|Category|x|1 Computer|2 Input Device|3 Printers, Scanners, Faxes and Copiers|4 Camera|5 Storage\
|6 Network Infrastructure|7 Displays|8 Multimedia Devices|9 Gaming Devices|10 Telephone|11 Audio Devices
@2|.subcategory_computer|Subcategory|x|1 PC|2 Server|3 Media Center|4 Ultra-mobile PC|5 Notebook|6 Desktop\
|7 MID (Mobile Internet Device)|8 Netbook
@2|.subcategory_input_device|Subcategory|x|1 Keyboard|2 Mouse|3 Joystick|4 Trackball|5 Gaming controller\
|6 Remote|7 Touchscreen|8 Biometric reader|9 Barcode reader
@2|.subcategory_printers_scanners_faxes_copiers|Subcategory|x|1 Printer or Print Server|2 Scanner|3 Fax\
|4 Copier|5 All-in-one (Printer, Scanner, Fax, Copier)
@2|.subcategory_camera|Subcategory|x|1 Digital Still Camera|2 Video Camera|3 Web Camera|4 Security Camera
@2|.subcategory_storage|Subcategory|x|1 NAS
@2|.subcategory_network_infrastructure|Subcategory|x|1 AP|2 Router|3 Switch|4 Gateway|5 Bridge
@2|.subcategory_displays|Subcategory|x|1 Television|2 Electronic Picture Frame|3 Projector|4 Monitor
@2|.subcategory_multimedia_devices|Subcategory|x|1 DAR|2 PVR|3 MCX|4 Set-top box\
|5 Media Server/Media Adapter/Media Extender|6 Portable Video Player
@2|.subcategory_gaming_devices|Subcategory|x|1 Xbox|2 Xbox360|3 Playstation|4 Game Console/Game Console Adapter\
|5 Portable Gaming Device
@2|.subcategory_telephone|Subcategory|x|1 Windows Mobile|2 Phone - single mode|3 Phone - dual mode\
|4 Smartphone - single mode|5 Smartphone - dual mode
@2|.subcategory_audio_devices|Subcategory|x|1 Audio tuner/receiver|2 Speakers|3 Portable Music Player (PMP)\
|4 Headset (headphones + microphone)|5 Headphones|6 Microphone|7 Home Theater Systems
""",
    little=False,
)
FIELDS = dict(
    zip(
        (
            0x1001,
            0x1002,
            0x1003,
            0x1004,
            0x1005,
            0x1008,
            0x1009,
            0x100A,
            0x100B,
            0x100C,
            0x100D,
            0x100E,
            0x1011,
            0x1012,
            0x1014,
            0x1015,
            0x1016,
            0x1017,
            0x1018,
            0x100F,
            0x1010,
            0x101A,
            0x101B,
            0x101C,
            0x101D,
            0x101E,
            0x101F,
            0x1020,
            0x1021,
            0x1022,
            0x1023,
            0x1024,
            0x1026,
            0x1027,
            0x1028,
            0x1029,
            0x102A,
            0x102C,
            0x102D,
            0x102F,
            0x1030,
            0x1031,
            0x1032,
            0x1033,
            0x1034,
            0x1035,
            0x1036,
            0x1037,
            0x1038,
            0x1039,
            0x103A,
            0x103B,
            0x103C,
            0x103D,
            0x103E,
            0x103F,
            0x1040,
            0x1041,
            0x1042,
            0x1044,
            0x1045,
            0x1046,
            0x1047,
            0x1048,
            0x1049,
            0x104A,
            0x104B,
            0x104C,
            0x104D,
            0x104E,
            0x104F,
            0x1050,
            0x1051,
            0x1052,
            0x1053,
            0x1054,
            0x1055,
            0x1056,
            0x1057,
            0x1058,
            0x1059,
            0x1060,
            0x1061,
            0x1062,
            0x1063,
            0x1064,
            0x106A,
        ),
        range(87),
        strict=True,
    )
)
