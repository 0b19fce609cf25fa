"""Parts of 802.11 headers and fixed parameters (IEEE 802.11-2020, 9.2.4 and 9.4.1), with tshark's words."""

from __future__ import annotations

from .records import Record

FLAGS = Record(
    "wlan.fc",
    """
3|.ds|DS status|x|0 Not leaving DS or network is operating in AD-HOC mode (To DS: 0 From DS: 0)\
|1 Frame from STA to DS via an AP (To DS: 1 From DS: 0)|2 Frame from DS to a STA via AP(To DS: 0 From DS: 1)\
|3 WDS (AP to AP) or Mesh (MP to MP) Frame (To DS: 1 From DS: 1)
4|.frag|More Fragments|b|More fragments follow|This is the last fragment
8|.retry|Retry|b|Frame is being retransmitted|Frame is not being retransmitted
10|.pwrmgt|PWR MGT|b|STA will go to sleep|STA will stay up
20|.moredata|More Data|b|Data is buffered for STA at AP|No data buffered
40|.protected|Protected flag|b|Data is protected|Data is not protected
80|.order|+HTC/Order flag|b|Strictly ordered|Not strictly ordered
""",
)
LINK_ADAPTATION_ANTENNA = Record(
    "wlan.htc",
    """
2|.lac.trq|Training Request (TRQ)|b|Want sounding PPDU|Don't want sounding PPDU
3c|.lac.mai.aseli|Antenna Selection Indication (ASELI)|x
1c0|.lac.mfsi|MCS Feedback Sequence Identifier (MFSI)|d
e00|.lac.asel.command|Antenna Selection (ASEL) Command|x|0 Transmit Antenna Selection Sounding Indication (TXASSI)\
|1 Transmit Antenna Selection Sounding Request (TXASSR)|2 Receive Antenna Selection Sounding Indication (RXASSI)\
|3 Receive Antenna Selection Sounding Request (RXASSR)|4 Sounding Label|5 No feedback, ASEL training failure\
|6 Transmit Antenna Selection Sounding Indication (TXASSI) requesting feedback of explicit CSI|7 Reserved
f000|.lac.asel.data|Antenna Selection (ASEL) Data|x
""",
)
LINK_ADAPTATION = Record(
    "wlan.htc",
    """
2|.lac.trq|Training Request (TRQ)|b|Want sounding PPDU|Don't want sounding PPDU
4|.lac.mai.mrq|MCS Request (MRQ)|b|MCS feedback requested|No MCS feedback requested
38|.lac.mai.msi|MCS Request Sequence Identifier (MSI)|x
1c0|.lac.mfsi|MCS Feedback Sequence Identifier (MFSI)|d
fe00|.lac.mfb|MCS Feedback (MFB)|x
""",
)
HT_CONTROL_REST = Record(
    "wlan.htc",
    """
30000|.cal.pos|Calibration Position|d|0 Not a calibration frame|1 Calibration Start|2 Sounding Response\
|3 Sounding Complete
c0000|.cal.seq|Calibration Sequence Identifier|d
300000|.reserved1|Reserved|x
c00000|.csi_steering|CSI/Steering|d|0 No feedback required|1 CSI|2 Non-compressed Beamforming Feedback Matrix\
|3 Compressed Beamforming Feedback Matrix
1000000|.ndp_announcement|NDP Announcement|b|NDP will follow|No NDP will follow
3e000000|.reserved2|Reserved|x
40000000|.ac_constraint|AC Constraint|b
80000000|.rdg_more_ppdu|RDG/More PPDU|b
""",
)
CAPABILITIES = Record(
    "wlan.fixed.capabilities",
    """
@2||Capabilities Information|x
1|.ess|ESS capabilities|b|Transmitter is an AP|Transmitter is a STA
2|.ibss|IBSS status|b|Transmitter belongs to an IBSS|Transmitter belongs to a BSS
4|.reserved1|Reserved|d
8|.reserved2|Reserved|d
10|.privacy|Privacy|b|Data confidentiality required|Data confidentiality not required
20|.short_preamble|Short Preamble|b|Allowed|Not Allowed
40|.reserved3|Reserved|d
80|.reserved4|Reserved|d
100|.spec_man|Spectrum Management|b|Implemented|Not Implemented
200|.qos|QoS|b|Implemented|Not Implemented
400|.short_slot_time|Short Slot Time|b|In use|Not in use
800|.apsd|Automatic Power Save Delivery|b|Implemented|Not Implemented
1000|.radio_measurement|Radio Measurement|b|Implemented|Not Implemented
2000|.epd|EPD|b|Implemented|Not Implemented
4000|.reserved5|Reserved|d
8000|.reserved6|Reserved|d
""",
)
BLOCK_ACK_PARAMETERS = Record(
    "wlan.fixed.baparams",
    """
@2||Block Ack Parameters|x
1|.amsdu|A-MSDUs|b|Permitted in QoS Data MPDUs|Not Permitted
2|.policy|Block Ack Policy|b|Immediate Block Ack|Delayed Block Ack
3c|.tid|Traffic Identifier|x
ffc0|.buffersize|Number of Buffers (1 Buffer = 2304 Bytes)|d
""",
)
BLOCK_ACK_TIMEOUT = Record(
    "wlan.fixed",
    """
@2|.batimeout|Block Ack Timeout|x
""",
)
SEQUENCE_CONTROL = Record(
    "wlan.fixed.ssc",
    """
@2||Block Ack Starting Sequence Control (SSC)|x
f|.fragment|Fragment|d
fff0|.sequence|Starting Sequence Number|d
""",
)
DELETE_BLOCK_ACK = Record(
    "wlan.fixed.delba.param",
    """
@2||Delete Block Ack (DELBA) Parameter Set|x
7ff|.reserved|Reserved|x
800|.initiator|Initiator|b
f000|.tid|TID|x
""",
)
BLOCK_ACK_CONTROL = Record(
    "wlan.ba.control",
    """
@2||Block Ack Control|x
1|.ackpolicy|BA Ack Policy|b|Sender Does Not Require Immediate Acknowledgement|Immediate Acknowledgement Required
1e|.ba_type|BA Type|x|0 Basic BlockAck|1 Extended Compressed BlockAck|2 Compressed BlockAck|3 Multi-TID BlockAck\
|6 GCR BlockAck|10 GLK-GCR BlockAck|11 Multi-STA BlockAck
fe0|.reserved|Reserved|x
""",
)
NDP_TOKEN = Record(
    "wlan.vht_ndp.token",
    """
@1||Sounding Dialog Token|x
fc|.number|Sounding Dialog Token Number|d
2|.he|HE|b|HE NDP Announcement frame|VHT NDP Announcement frame
1|.ranging|Ranging|x
""",
)
NDP_STATION = Record(
    "wlan.vht_ndp.sta_info",
    """
fff|.aid12|AID12|x
1000|.feedback_type|Feedback Type|b|MU feedback requested|SU feedback requested
e000|.nc_index|Nc Index|d|0 1|1 2|2 3|3 4|4 5|5 6|6 7|7 8
""",
)
POWER_SAVE = Record(
    "wlan.fixed.sm.powercontrol",
    """
@1||Spatial Multiplexing (SM) Power Control|x
1|.enabled|SM Power Save|b|Enabled|Disabled
2|.mode|SM Mode|b|Dynamic SM Power Save mode|Static SM Power Save mode
fc|.reserved|Reserved|x
""",
)
TRANSITION_MODE = Record(
    "wlan.fixed.request_mode",
    """
1|.pref_cand|Preferred Candidate List Included|d
2|.abridged|Abridged|d
4|.disassoc_imminent|Disassociation Imminent|d
8|.bss_term_included|BSS Termination Included|d
10|.ess_disassoc_imminent|ESS Disassociation Imminent|d
""",
)
