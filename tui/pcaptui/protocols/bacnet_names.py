"""Numbers of BACnet and the words for them (ASHRAE 135, clauses 6 and 21)."""

from __future__ import annotations

LINK = dict(
    enumerate(
        (
            "BVLC-Result", "Write-Broadcast-Distribution-Table", "Read-Broadcast-Distribution-Table",
            "Read-Broadcast-Distribution-Table-Ack", "Forwarded-NPDU", "Register-Foreign-Device",
            "Read-Foreign-Device-Table", "Read-Foreign-Device-Table-Ack", "Delete-Foreign-Device-Table-Entry",
            "Distribute-Broadcast-To-Network", "Original-Unicast-NPDU", "Original-Broadcast-NPDU", "Secured-BVLL",
        )
    )
)  # fmt: skip
NETWORK = (
    "Who-Is-Router-To-Network", "I-Am-Router-To-Network", "I-Could-Be-Router-To-Network", "Reject-Message-To-Network",
    "Router-Busy-To-Network", "Router-Available-To-Network", "Initialize-Routing-Table",
    "Initialize-Routing-Table-Ack", "Establish-Connection-To-Network", "Disconnect-Connection-To-Network",
    "Challenge-Request", "Security-Payload", "Security-Response", "Request-Key-Update", "Update-Keyset",
    "Update-distribution-Key", "Request-Masterkey", "Set-Masterkey", "What-Is-Networknumber", "Networknumber-Is",
)  # fmt: skip
_UNCONFIRMED = """
    i-Am i-Have unconfirmedCOVNotification unconfirmedEventNotification unconfirmedPrivateTransfer
    unconfirmedTextMessage timeSynchronization who-Has who-Is utcTimeSynchronization writeGroup
    unconfirmedCovNotificationMultiple unconfirmedAuditNotification who-am-I
"""
UNCONFIRMED = dict(enumerate(_UNCONFIRMED.split()))
_CONFIRMED = """
    acknowledgeAlarm confirmedCOVNotification confirmedEventNotification getAlarmSummary getEnrollmentSummary
    subscribeCOV atomicReadFile atomicWriteFile addListElement removeListElement createObject deleteObject readProperty
    readPropertyConditional readPropertyMultiple writeProperty writePropertyMultiple deviceCommunicationControl
    confirmedPrivateTransfer confirmedTextMessage reinitializeDevice vtOpen vtClose vtData authenticate requestKey
    readRange lifeSafetyOperation subscribeCOVProperty getEventInformation subscribeCovPropertyMultiple
    confirmedCovNotificationMultiple confirmedAuditNotification auditLogQuery
"""
CONFIRMED = dict(enumerate(_CONFIRMED.split()))
_OBJECTS = """
    analog-input analog-output analog-value binary-input binary-output binary-value calendar command device
    event-enrollment file group loop multi-state-input multi-state-output notification-class program schedule averaging
    multi-state-value trend-log life-safety-point life-safety-zone accumulator pulse-converter
"""
OBJECTS = dict(enumerate(_OBJECTS.split()))
PROPERTIES = {
    8: "all", 11: "apdu-timeout", 12: "application-software-version", 28: "description", 30: "device-address-binding",
    36: "event-state", 44: "firmware-revision", 62: "max-apdu-length-accepted", 70: "model-name",
    73: "number-of-APDU-retries", 75: "object-identifier", 76: "object-list", 77: "object-name", 79: "object-type",
    81: "out-of-service", 85: "present-value", 87: "priority-array", 97: "protocol-services-supported",
    98: "protocol-version", 103: "reliability", 104: "relinquish-default", 107: "segmentation-supported",
    111: "status-flags", 112: "system-status", 117: "units", 120: "vendor-identifier", 121: "vendor-name",
    139: "protocol-revision", 155: "database-revision",
}  # fmt: skip
_REJECTS = """
    other buffer-overflow inconsistent-parameters invalid-parameter-data-type invalid-tag missing-required-parameter
    parameter-out-of-range too-many-arguments undefined-enumeration unrecognized-service
"""
_ABORTS = (
    "other buffer-overflow invalid-apdu-in-this-state preempted-by-higher-priority-task segmentation-not-supported"
)
ERRORS = {6: dict(enumerate(_REJECTS.split())), 7: dict(enumerate(_ABORTS.split()))}
"""Reasons of reject (6) and abort (7) messages."""
