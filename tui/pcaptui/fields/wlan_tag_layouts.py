"""802.11 elements that are made of bits (IEEE 802.11-2020, 9.4.2), with tshark's words."""

from __future__ import annotations

from .records import Record

HT_CAPABILITIES = Record(
    "wlan.ht.capabilities",
    """
@2||HT Capabilities Info|x
1|.ldpccoding|HT LDPC coding capability|b|Transmitter supports receiving LDPC coded packets\
|Transmitter does not support receiving LDPC coded packets
2|.width|HT Support channel width|b|Transmitter supports 20MHz and 40MHz operation\
|Transmitter only supports 20MHz operation
c|.sm|HT SM Power Save|x|0 Static SM Power Save mode|1 Dynamic SM Power Save mode|2 Reserved|3 SM Power Save disabled
10|.green|HT Green Field|b|Transmitter is able to receive PPDUs with Green Field (GF) preamble\
|Transmitter is not able to receive PPDUs with Green Field (GF) preamble
20|.short20|HT Short GI for 20MHz|bs
40|.short40|HT Short GI for 40MHz|bs
80|.txstbc|HT Tx STBC|bs
300|.rxstbc|HT Rx STBC|x|0 No Rx STBC support|1 Rx support of one spatial stream\
|2 Rx support of one and two spatial streams|3 Rx support of one, two, and three spatial streams
400|.delayedblockack|HT Delayed Block ACK|b|Transmitter supports HT-Delayed BlockAck\
|Transmitter does not support HT-Delayed BlockAck
800|.amsdu|HT Max A-MSDU length|b|7935 bytes|3839 bytes
1000|.dsscck|HT DSSS/CCK mode in 40MHz|b|Will/Can use DSSS/CCK in 40 MHz|Won't/Can't use of DSSS/CCK in 40 MHz
2000|.psmp|HT PSMP Support|b|Will/Can support PSMP operation|Won't/Can't support PSMP operation
4000|.40mhzintolerant|HT Forty MHz Intolerant|b|Use of 40 MHz transmissions restricted/disallowed\
|Use of 40 MHz transmissions unrestricted/allowed
8000|.lsig|HT L-SIG TXOP Protection support|bs
""",
)
A_MPDU = Record(
    "wlan.ht.ampduparam",
    """
@1||A-MPDU Parameters|x
3|.maxlength|Maximum Rx A-MPDU Length|x
1c|.mpdudensity|MPDU Density|x|0 no restriction|1 1/4 [usec]|2 1/2 [usec]|3 1 [usec]|4 2 [usec]|5 4 [usec]|6 8 [usec]\
|7 16 [usec]
e0|.reserved|Reserved|x
""",
)
MCS_SET = Record(
    "wlan.ht.mcsset",
    """
ff|.rxbitmask.0to7|Rx Bitmask Bits 0-7|x
ff00|.rxbitmask.8to15|Rx Bitmask Bits 8-15|x
ff0000|.rxbitmask.16to23|Rx Bitmask Bits 16-23|x
ff000000|.rxbitmask.24to31|Rx Bitmask Bits 24-31|x
""",
)
MCS_SET_2 = Record(
    "wlan.ht.mcsset",
    """
1|.rxbitmask.32|Rx Bitmask Bit 32|x
7e|.rxbitmask.33to38|Rx Bitmask Bits 33-38|x
1fff80|.rxbitmask.39to52|Rx Bitmask Bits 39-52|x
""",
)
MCS_SET_3 = Record(
    "wlan.ht.mcsset",
    """
1fffffe0|.rxbitmask.53to76|Rx Bitmask Bits 53-76|x
""",
)
MCS_SET_RATE = Record(
    "wlan.ht.mcsset",
    """
3ff|.highestdatarate|Highest Supported Data Rate|x
""",
)
MCS_SET_SENT = Record(
    "wlan.ht.mcsset",
    """
1|.txsetdefined|Tx Supported MCS Set|b|Defined|Not defined
2|.txrxmcsnotequal|Tx and Rx MCS Set|b|Not Equal|Equal
c|.txmaxss|Maximum Number of Tx Spatial Streams Supported|x
10|.txunequalmod|Unequal Modulation|bs
""",
)
HT_EXTENDED = Record(
    "wlan.htex",
    """
@2|.capabilities|HT Extended Capabilities|x
1|.capabilities.pco|Transmitter supports PCO|bs
6|.capabilities.transtime|Time needed to transition between 20MHz and 40MHz|x|0 No Transition|1 400 usec|2 1.5 msec\
|3 5 msec
300|.capabilities.mcs|MCS Feedback capability|x|0 STA does not provide MCS feedback|1 Reserved\
|2 STA provides only unsolicited MCS feedback|3 STA can provide MCS feedback in response to MRQ as well as unsolicite\
d MCS feedback
400|.capabilities.htc|High Throughput|bs
800|.capabilities.rdresponder|Reverse Direction Responder|bs
""",
)
BEAM_FORMING = Record(
    "wlan.txbf",
    """
@4||Transmit Beam Forming (TxBF) Capabilities|x
1|.txbf|Transmit Beamforming|bs
2|.rxss|Receive Staggered Sounding|bs
4|.txss|Transmit Staggered Sounding|bs
8|.rxndp|Receive Null Data packet (NDP)|bs
10|.txndp|Transmit Null Data packet (NDP)|bs
20|.impltxbf|Implicit TxBF capable|bs
c0|.calibration|Calibration|x|0 incapable|1 Limited involvement, cannot initiate|2 Limited involvement, can initiate\
|3 Fully capable
100|.csi|STA can apply TxBF using CSI explicit feedback|bs
200|.fm.uncompressed.tbf|STA can apply TxBF using uncompressed beamforming feedback matrix|bs
400|.fm.compressed.tbf|STA can apply TxBF using compressed beamforming feedback matrix|bs
1800|.rcsi|Receiver can return explicit CSI feedback|x|0 not supported|1 delayed feedback capable\
|2 immediate feedback capable|3 delayed and immediate feedback capable
6000|.fm.uncompressed.rbf|Receiver can return explicit uncompressed Beamforming Feedback Matrix|x|0 not supported\
|1 delayed feedback capable|2 immediate feedback capable|3 delayed and immediate feedback capable
18000|.fm.compressed.bf|STA can compress and use compressed Beamforming Feedback Matrix|x|0 not supported\
|1 delayed feedback capable|2 immediate feedback capable|3 delayed and immediate feedback capable
60000|.mingroup|Minimal grouping used for explicit feedback reports|x|0 No grouping supported\
|1 Groups of 1, 2 supported|2 Groups of 1, 4 supported|3 Groups of 1, 2, 4 supported
180000|.csinumant|Max antennae STA can support when CSI feedback required|x|0 1 TX antenna sounding\
|1 2 TX antenna sounding|2 3 TX antenna sounding|3 4 TX antenna sounding
600000|.fm.uncompressed.maxant|Max antennae STA can support when uncompressed Beamforming feedback required|x\
|0 1 TX antenna sounding|1 2 TX antenna sounding|2 3 TX antenna sounding|3 4 TX antenna sounding
1800000|.fm.compressed.maxant|Max antennae STA can support when compressed Beamforming feedback required|x\
|0 1 TX antenna sounding|1 2 TX antenna sounding|2 3 TX antenna sounding|3 4 TX antenna sounding
6000000|.csi.maxrows|Maximum number of rows of CSI explicit feedback|x|0 1 row of CSI|1 2 rows of CSI|2 3 rows of CSI\
|3 4 rows of CSI
18000000|.channelest|Maximum number of space time streams for which channel dimensions can be simultaneously estimate\
d|x|0 1 space time stream|1 2 space time streams|2 3 space time streams|3 4 space time streams
e0000000|.reserved|Reserved|x
""",
)
ANTENNA_SELECTION = Record(
    "wlan.asel",
    """
@1||Antenna Selection (ASEL) Capabilities|x
1|.capable|Antenna Selection Capable|bs
2|.txcsi|Explicit CSI Feedback Based Tx ASEL|bs
4|.txif|Antenna Indices Feedback Based Tx ASEL|bs
8|.csi|Explicit CSI Feedback|bs
10|.if|Antenna Indices Feedback|bs
20|.rx|Rx ASEL|bs
40|.sppdu|Tx Sounding PPDUs|bs
80|.reserved|Reserved|x
""",
)
HT_INFORMATION = Record(
    "wlan.ht.info",
    """
@1|.primarychannel|Primary Channel|d
@1|.delim1|HT Information Subset (1 of 3)|x
3|.secchanoffset|Secondary channel offset|x|0 No secondary channel|1 Secondary channel is above the primary channel\
|2 Reserved|3 Secondary channel is below the primary channel
4|.chanwidth|Supported channel width|b|Channel of any width supported|20 MHz channel width only
8|.rifs|Reduced Interframe Spacing (RIFS)|b|Permitted|Prohibited
f0|.reserved_b4_b7|Reserved|x
@2|.delim2|HT Information Subset (2 of 3)|x
3|.ht_protection|HT Protection|x|0 No protection mode|1 HT non-member protection mode|2 20 MHz protection mode\
|3 non-HT mixed mode
4|.greenfield|Non-greenfield STAs present|b|One or more associated STAs are not greenfield capable\
|All associated STAs are greenfield capable
8|.reserved_b11|Reserved|x
10|.obssnonht|OBSS non-HT STAs present|b|Use of protection for non-HT STAs by overlapping BSSs is needed\
|Use of protection for non-HT STAs by overlapping BSSs is not needed
1fe0|.chan_center_freq_seg_2|Channel Center Frequency Segment 2|d
e000|.reserved_b21_b23|Reserved|x
@2|.delim3|HT Information Subset (3 of 3)|x
3f|.reserved_b24_b29|Reserved|x
40|.dualbeacon|Dual beacon|b|AP transmits a secondary beacon|No second beacon is transmitted
80|.dualcts|Dual Clear To Send (CTS) protection|b|Required|Not required
100|.secondarybeacon|Beacon ID|b|STBC beacon|Primary beacon
200|.lsigprotsupport|L-SIG TXOP Protection Full Support|b|All HT STAs in the BSS support L-SIG TXOP protection\
|One or more HT STAs in the BSS do not support L-SIG TXOP protection
400|.pco.active|Phased Coexistence Operation (PCO)|b|Active|Inactive
800|.pco.phase|Phased Coexistence Operation (PCO) Phase|b|Switch to or continue 40 MHz phase\
|Switch to or continue 20 MHz phase
f000|.reserved_b36_b39|Reserved|x
""",
)
HT_ADDITIONAL = Record(
    "wlan.hta.capabilities",
    """
@1|wlan.hta.control_channel|HT Control Channel|d
""",
)
HT_ADDITIONAL_1 = Record(
    "wlan.hta.capabilities",
    """
3|.ext_chan_offset|Extension Channel Offset|x|0 No Extension Channel|1 Extension Channel above control channel\
|2 Undefined|3 Extension Channel below control channel
4|.rec_tx_width|Recommended Tx Channel Width|b|Any channel width enabled|Use 20MHz channel (control)
8|.rifs_mode|Reduced Interframe Spacing (RIFS) Mode|b|Use of RIFS permitted|Use of RIFS prohibited
10|.controlled_access|Controlled Access Only|b|Not only PSMP|PSMP only
e0|.service_interval|Service Interval Granularity|x|0 5ms|1 10ms|2 15ms|3 20ms|4 25ms|5 30ms|6 35ms|7 40ms
""",
)
HT_ADDITIONAL_2 = Record(
    "wlan.hta.capabilities",
    """
3|.operating_mode|Operating Mode|x|0 Pure HT, no protection|1 There may be non-HT devices (control & ext channel)\
|2 No non-HT is associated, but at least 1 20MHz is. protect on|3 Mixed: no non-HT is associated, protect on
4|.non_gf_devices|Non Greenfield (GF) devices Present|b|All HT devices associated are GF capable\
|One or More HT devices are not GF capable
""",
)
HT_ADDITIONAL_3 = Record(
    "wlan.hta.capabilities",
    """
7f|.basic_stbc_mcs|Basic STB Modulation and Coding Scheme (MCS)|x
80|.dual_stbc_protection|Dual Clear To Send (CTS) Protection|b|Dual CTS protections is used|Regular use of RTS/CTS
100|.secondary_beacon|Secondary Beacon|b|Secondary Beacon|Primary Beacon
200|.lsig_txop_protection|L-SIG TXOP Protection Support|b|Full Support|Not full support
400|.pco_active|Phased Coexistence Operation (PCO) Active|b|PCO is activated in the BSS\
|PCO is not activated in the BSS
800|.pco_phase|Phased Coexistence Operation (PCO) Phase|b|Switch to 20MHz phase/keep 20MHz\
|Switch to 40MHz phase/keep 40MHz
""",
)
VHT_CAPABILITIES = Record(
    "wlan.vht.capabilities",
    """
@4||VHT Capabilities Info|x
3|.maxmpdulength|Maximum MPDU Length|x|0 3 895|1 7 991|2 11 454|3 Reserved
c|.supportedchanwidthset|Supported Channel Width Set|x|0 Neither 160MHz nor 80+80 supported|1 160MHz supported\
|2 160MHz and 80+80 Supported|3 Reserved
10|.rxldpc|Rx LDPC|bs
20|.short80|Short GI for 80MHz/TVHT_MODE_4C|bs
40|.short160|Short GI for 160MHz and 80+80MHz|bs
80|.txstbc|Tx STBC|bs
700|.rxstbc|Rx STBC|x|0 None|1 1 Spatial Stream Supported|2 1 to 2 Spatial Stream Supported\
|3 1 to 3 Spatial Stream Supported|4 1 to 4 Spatial Stream Supported|5 Reserved|6 Reserved|7 Reserved
800|.subeamformer|SU Beamformer Capable|bs
1000|.subeamformee|SU Beamformee Capable|bs
e000|.beamformee_sts_cap|Beamformee STS Capability|x|0 1|1 2|2 3|3 4|4 5|5 6|6 7|7 8
70000|.soundingdimensions|Number of Sounding Dimensions|x|0 1|1 2|2 3|3 4|4 5|5 6|6 7|7 8
80000|.mubeamformer|MU Beamformer Capable|bs
100000|.mubeamformee|MU Beamformee Capable|bs
200000|.vhttxopps|TXOP PS|bs
400000|.vhthtc|+HTC-VHT Capable|bs
3800000|.maxampdu|Max A-MPDU Length Exponent|x|0 8 191|1 16 383|2 32 767|3 65 535|4 131 071|5 262 143|6 524 287\
|7 1 048 575
c000000|.linkadapt|VHT Link Adaptation|x|0 No Feedback|1 Reserved (logically only solicited feedback)\
|2 Unsolicited feedback only|3 Both (can provide unsolicited feedback and respond to VHT MRQ)
10000000|.rxpatconsist|Rx Antenna Pattern Consistency|bs
20000000|.txpatconsist|Tx Antenna Pattern Consistency|bs
c0000000|.ext_nss_bw_support|Extended NSS BW Support|x
""",
)
VHT_RECEIVE_MAP = Record(
    "wlan.vht.mcsset",
    """
@2|.rxmcsmap|Rx MCS Map|x
3|.rxmcsmap.ss1|Rx 1 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
c|.rxmcsmap.ss2|Rx 2 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
30|.rxmcsmap.ss3|Rx 3 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
c0|.rxmcsmap.ss4|Rx 4 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
300|.rxmcsmap.ss5|Rx 5 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
c00|.rxmcsmap.ss6|Rx 6 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
3000|.rxmcsmap.ss7|Rx 7 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
c000|.rxmcsmap.ss8|Rx 8 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
""",
)
VHT_RECEIVE_RATE = Record(
    "wlan.vht.mcsset",
    """
1fff|.rxhighestlonggirate|Rx Highest Long GI Data Rate (in Mb/s, 0 = subfield not in use)|x
e000|.max_nsts_total|MaX NSTS Total|d
""",
)
VHT_SEND_MAP = Record(
    "wlan.vht.mcsset",
    """
@2|.txmcsmap|Tx MCS Map|x
3|.txmcsmap.ss1|Tx 1 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
c|.txmcsmap.ss2|Tx 2 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
30|.txmcsmap.ss3|Tx 3 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
c0|.txmcsmap.ss4|Tx 4 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
300|.txmcsmap.ss5|Tx 5 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
c00|.txmcsmap.ss6|Tx 6 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
3000|.txmcsmap.ss7|Tx 7 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
c000|.txmcsmap.ss8|Tx 8 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
""",
)
VHT_SEND_RATE = Record(
    "wlan.vht.mcsset",
    """
1fff|.txhighestlonggirate|Tx Highest Long GI Data Rate  (in Mb/s, 0 = subfield not in use)|x
2000|wlan.vht.ncsset.ext_nss_bw_cap|Extended NSS BW Capable|b|Capable|Not capable
c000|wlan.vht.ncsset.reserved|Reserved|x
""",
)
VHT_OPERATION = Record(
    "wlan.vht.op",
    """
@1|.channelwidth|Channel Width|d|0 20 MHz or 40 MHz BSS Bandwidth|1 80 MHz, 160 MHz or 80+80 MHz BSS Bandwidth\
|2 160 MHz BSS Bandwidth (deprecated)|3 Non-contiguous 80+80 MHz BSS Bandwidth (deprecated)
@1|.channelcenter0|Channel Center Segment 0|d
@1|.channelcenter1|Channel Center Segment 1|d
""",
)
VHT_BASIC_MAP = Record(
    "wlan.vht.op",
    """
@2|.basicmcsmap|Basic MCS Map|x
3|.basicmcsmap.ss1|Basic 1 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
c|.basicmcsmap.ss2|Basic 2 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
30|.basicmcsmap.ss3|Basic 3 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
c0|.basicmcsmap.ss4|Basic 4 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
300|.basicmcsmap.ss5|Basic 5 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
c00|.basicmcsmap.ss6|Basic 6 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
3000|.basicmcsmap.ss7|Basic 7 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
c000|.basicmcsmap.ss8|Basic 8 SS|x|0 MCS 0-7|1 MCS 0-8|2 MCS 0-9|3 Not Supported
""",
)
OPERATING_MODE = Record(
    "wlan.operat_notification_mode",
    """
@1||Operating Mode Notification|x
3|wlan.operat_mode_field.channelwidth|Channel Width|x|0 20MHz|1 40MHZ|2 80MHz|3 160MHz or 80MHz+80MHz
c|wlan.operat_mode_field.reserved|Reserved|x
70|wlan.operat_mode_field.rxnss|Rx NSS|x|0 1Nss|1 2Nss|2 3Nss|3 4Nss|4 5Nss|5 6Nss|6 7Nss|7 8Nss
80|wlan.operat_mode_field.rxnsstype|Rx NSS Type|x
""",
)
ERP = Record(
    "wlan.erp_info",
    """
@1||ERP Information|x
1|.erp_present|Non ERP Present|bt
2|.use_protection|Use Protection|bt
4|.barker_preamble_mode|Barker Preamble Mode|bt
f8|.reserved|Reserved|x
""",
)
TIM = Record(
    "wlan.tim",
    """
@1|.dtim_count|DTIM count|d
@1|.dtim_period|DTIM period|d
@1|.bmapctl|Bitmap control|x
1|.bmapctl.multicast|Multicast|b
fe|.bmapctl.offset|Bitmap Offset|x
""",
)
RM_1 = Record(
    "wlan.rmcap",
    """
1|.b0|Link Measurement|b|Enabled|Disabled
2|.b1|Neighbor Report|b|Enabled|Disabled
4|.b2|Parallel Measurements|b|Enabled|Disabled
8|.b3|Repeated Measurements|b|Enabled|Disabled
10|.b4|Beacon Passive Measurement|b|Enabled|Disabled
20|.b5|Beacon Active Measurement|b|Enabled|Disabled
40|.b6|Beacon Table Measurement|bs
80|.b7|Beacon Measurement Reporting Conditions|b|Enabled|Disabled
""",
)
RM_2 = Record(
    "wlan.rmcap",
    """
1|.b8|Frame Measurement|b|Enabled|Disabled
2|.b9|Channel Load Measurement|b|Enabled|Disabled
4|.b10|Noise Histogram Measurement|b|Enabled|Disabled
8|.b11|Statistics Measurement|b|Enabled|Disabled
10|.b12|LCI Measurement|b|Enabled|Disabled
20|.b13|LCI Azimuth capability|b|Enabled|Disabled
40|.b14|Transmit Stream/Category Measurement|bs
80|.b15|Triggered Transmit Stream/Category Measurement|b|Enabled|Disabled
""",
)
RM_3 = Record(
    "wlan.rmcap",
    """
1|.b16|AP Channel Report capability|b|Enabled|Disabled
2|.b17|RM MIB capability|b|Enabled|Disabled
1c|.b18to20|Operating Channel Max Measurement Duration|d
e0|.b21to23|Nonoperating Channel Max Measurement Duration|d
""",
)
RM_4 = Record(
    "wlan.rmcap",
    """
7|.b24to26|Measurement Pilotcapability|d
8|.b27|Measurement Pilot Transmission Information|b|Enabled|Disabled
10|.b28|Neighbor Report TSF Offset|b|Enabled|Disabled
20|.b29|RCPI Measurement capability|b|Enabled|Disabled
40|.b30|RSNI Measurement capability|bs
80|.b31|BSS Average Access Delay capability|b|Enabled|Disabled
""",
)
RM_5 = Record(
    "wlan.rmcap",
    """
1|.b32|BSS Available Admission Capacity capability|b|Enabled|Disabled
2|.b33|Antenna capability|b|Enabled|Disabled
4|.b34|FTM Range Report Capability|b|Enabled|Disabled
8|.b35|Civic Location Measurement Capability|b|Enabled|Disabled
f0|.o5|Reserved|x
""",
)
COEXISTENCE = Record(
    "wlan.20_40_bc",
    """
@1||20/40 BSS Coexistence Flags|x
1|.information_request|Information Request|b
2|.forty_mhz_intolerant|Forty MHz Intolerant|b
4|.20_mhz_bss_width_request|20 MHz BSS Width Request|b
8|.obss_scanning_exemption_request|OBSS Scanning Exemption Request|b
10|.obss_scanning_exemption_grant|OBSS Scanning Exemption Grant|b
e0|.reserved|Reserved|x
""",
)
QUIET = Record(
    "wlan.quiet",
    """
@1|.count|Count|d
@1|.period|Period|d
@2|.duration|Duration|d
@2|.offset|Offset|d
""",
)
SWITCH = Record(
    "wlan.csa",
    """
@1|.channel_switch_mode|Channel Switch Mode|d
@1|.new_channel_number|New Channel Number|d
@1|.channel_switch.count|Channel Switch Count|d
""",
)
MESH_CONFIGURATION = Record(
    "wlan.mesh",
    """
@1|.config.ps_protocol|Path Selection Protocol|x
@1|.config.ps_metric|Path Selection Metric|x
@1|.config.cong_ctl|Congestion Control|x
@1|.config.sync_method|Synchronization Method|x
@1|.config.auth_protocol|Authentication Protocol|x
@1|.config.formation_info|Formation Info|x
1|.formation_info.connect_to_mesh_gate|Connected to Mesh Gate|b|Yes|No
7e|.config.formation_info.num_peers|Number of Peerings|d
80|.formation_info.connect_to_as|Connected to AS|b|Yes|No
@1|.config.cap|Capability|x
1|.config.cap.accept|Accepting Additional Mesh Peerings|b|Yes|No
2|.config.cap.mcca_support|MCCA Support|b|Yes|No
4|.config.cap.mcca_enabled|MCCA Enabled|b|Yes|No
8|.config.cap.forwarding|Mesh Forwarding|b|Yes|No
10|.config.cap.mbca_enabled|MBCA Enabled|b|Yes|No
20|.config.cap.tbtt_adjusting|TBTT Adjustment|b|Yes|No
40|.config.cap.power_save_level|Power Save|b|At least one of the peer-specific mesh power modes is deep sleep mode\
|None of the peer-specific mesh power modes is deep sleep mode
80|.config.cap.reserved|Reserved|x
""",
)
SCAN = Record(
    "wlan.obss",
    """
@2|.spd|Scan Passive Dwell|d
@2|.sad|Scan Active Dwell|d
@2|.cwtsi|Channel Width Trigger Scan Interval|d
@2|.sptpc|Scan Passive Total Per Channel|d
@2|.satpc|Scan Active Total Per Channel|d
@2|.wctdf|Width Channel Transition Delay Factor|d
@2|.sat|Scan Activity Threshold|d
""",
)
NEIGHBOR = Record(
    "wlan.nreport",
    """
@6|.bssid|BSSID|m
@4|.bssid.info|BSSID Information|x
3|.bssid.info.reachability|AP Reachability|x|0 Reserved|1 Not Reachable|2 Unknown|3 Reachable
4|.bssid.info.security|Security|b
8|.bssid.info.keyscope|Key Scope|b
3f0|.bssid.info.capability|Capability|x
10|.bssid.info.capability.specmngt|Spectrum Management|b
20|.bssid.info.capability.qos|QoS|b
40|.bssid.info.capability.apsd|APSD|b
80|.bssid.info.capability.radiomsnt|Radio Measurement|b
100|.bssid.info.capability.dback|Delayed Block Ack|b
200|.bssid.info.capability.iback|Immediate Block Ack|b
400|.bssid.info.mobilitydomain|Mobility Domain|b
800|.bssid.info.hthroughput|High Throughput Control (+HTC)|b
1000|.bssid.info.vht|Very High Throughput (+VHT)|b
2000|.bssid.info.ftm|Fine Timing Measurement (FTM)|b
4000|.bssid.info.he|High Efficiency (HE AP)|b
8000|.bssid.info.er_bss|Extended Range BSS|b
ffff0000|.bssid.info.reserved|Reserved|x
@1|.opeclass|Operating Class|d
@1|.channumber|Channel Number|C
@1|.phytype|PHY Type|x
""",
)
MOBILITY = Record(
    "wlan.mobility_domain",
    """
@2|.mdid|Mobility Domain Identifier|x
@1|.ft_capab|FT Capability and Policy|x
1|.ft_capab.ft_over_ds|Fast BSS Transition over DS|x
2|.ft_capab.resource_req|Resource Request Protocol Capability|x
fc|.ft_capab.reserved|Reserved|x
""",
)
INTERWORKING = Record(
    "wlan.interworking",
    """
f|.access_network_type|Access Network Type|d|0 Private network|1 Private network with guest access\
|2 Chargeable public network|3 Free public network|4 Personal device network|5 Emergency services only network\
|14 Test or experimental|15 Wildcard
10|.internet|Internet|d
20|.asra|ASRA|d
40|.esr|ESR|d
80|.uesa|UESA|d
@6|.hessid|HESSID|m
""",
)
RSN_CAPABILITIES = Record(
    "wlan.rsn.capabilities",
    """
@2||RSN Capabilities|x
1|.preauth|RSN Pre-Auth capabilities|b|Transmitter supports pre-authentication\
|Transmitter does not support pre-authentication
2|.no_pairwise|RSN No Pairwise capabilities|b|Transmitter cannot support WEP default key 0 simultaneously with Pairwi\
se key|Transmitter can support WEP default key 0 simultaneously with Pairwise key
c|.ptksa_replay_counter|RSN PTKSA Replay Counter capabilities|x|0 1 replay counter per PTKSA/GTKSA/STAKeySA\
|1 2 replay counters per PTKSA/GTKSA/STAKeySA|2 4 replay counters per PTKSA/GTKSA/STAKeySA\
|3 16 replay counters per PTKSA/GTKSA/STAKeySA
30|.gtksa_replay_counter|RSN GTKSA Replay Counter capabilities|x|0 1 replay counter per PTKSA/GTKSA/STAKeySA\
|1 2 replay counters per PTKSA/GTKSA/STAKeySA|2 4 replay counters per PTKSA/GTKSA/STAKeySA\
|3 16 replay counters per PTKSA/GTKSA/STAKeySA
40|.mfpr|Management Frame Protection Required|b
80|.mfpc|Management Frame Protection Capable|b
100|.jmr|Joint Multi-band RSNA|b
200|.peerkey|PeerKey Enabled|b
2000|.extended_key_id_iaf|Extended Key ID for Individually Addressed Frames|bs
""",
)
RSN_EXTENSION = Record(
    "wlan.rsnx",
    """
@1||RSNX|x
f|.length|RSNX Length|d
10|.protected_twt_operations_support|Protected TWT Operations Support|d
20|.sae_hash_to_element|SAE Hash to element|d
c0|.reserved|Reserved|x
1|.secure_ltf_support|Secure LTF Support|b
2|.secure_rtt_supported|Secure RTT Supported|b
4|.rnmmfp|Range Protection Required (RNM-MFP)|b
f8|.reserved.b11thru15|Reserved|x
""",
)
HOPPING = Record(
    "wlan.fh",
    """
@2|.dwell_time|Dwell Time|x
@1|.hop_set|Hop Set|d
@1|.hop_pattern|Hop Pattern|d
@1|.hop_index|Hop Index|d
""",
)
CF = Record(
    "wlan.cfp",
    """
@1|.count|CFP Count|d
@1|.period|CFP Period|d
@2|.max_duration|CFP Max Duration|d
@2|.dur_remaining|CFP Dur Remaining|d
""",
)
SEND_POWER = Record(
    "wlan.powercap",
    """
@1|.min|Minimum Transmit Power|i
@1|.max|Maximum Transmit Power|i
""",
)
TIMEOUT = Record(
    "wlan.timeout_int",
    """
@1|.type|Timeout Interval Type|d|1 Reassociation deadline interval (TUs)|2 Key lifetime interval (seconds)\
|3 Association Comeback time (TUs)|4 Time to start (TUs)
@4|.value|Timeout Interval Value|d
""",
)
ACCESS_QUALITY = Record(
    "wlan.wfa.ie.wme.acp",
    """
@1|.aci_aifsn|ACI / AIFSN Field|x
f|.aifsn|AIFSN|d
10|.acm|Admission Control Mandatory|b|Yes|No
60|.aci|ACI|d|0 Best Effort|1 Background|2 Video|3 Voice
80|.reserved|Reserved|d
""",
)
ATHEROS_CAPABILITIES = Record(
    "wlan.ie.atheros.capabilities",
    """
1|.turbop|Turbo Prime|b
2|.comp|Compression|b
4|.ff|Fast Frames|b
8|.xr|eXtended Range|b
10|.ar|Advanced Radar|b
20|.burst|Burst|b
40|.wme|CWMin tuning|b
80|.boost|Boost|b
""",
)
POWER_ENVELOPE = Record(
    "wlan.vht.tpe",
    """
@1|.pwr_info|Tx Pwr Info|x
7|.pwr_info.count|Max Tx Pwr Count|d
38|.pwr_info.unit|Max Tx Pwr Unit Interpretation|d|0 EIRP
c0|.pwr_info.reserved|Reserved|d
""",
)
WIDE_SWITCH = Record(
    "wlan.wide_bw",
    """
@1|.new_channel_width|New Channel Width|x|0 20MHz or 40MHz|1 80MHZ|16 160MHz|17 80MHz+80MHz
@1|.new_channel_center_freq_segment0|New Channel Center Frequency Segment 0|x
@1|.new_channel_center_freq_segment1|New Channel Center Frequency Segment 1|x
""",
)
BASIC_QUALITY = Record(
    "wlan.wfa.ie.wme.qos_info.sta",
    """
60|.max_sp_length|Max SP Length|x|0 WMM AP may deliver all buffered frames (MSDUs and MMPDUs)\
|1 WMM AP may deliver a maximum of 2 buffered frames (MSDUs and MMPDUs) per USP\
|2 WMM AP may deliver a maximum of 4 buffered frames (MSDUs and MMPDUs) per USP\
|3 WMM AP may deliver a maximum of 6 buffered frames (MSDUs and MMPDUs) per USP
8|.ac_be|AC_BE|b|WMM delivery and trigger enabled|non-WMM PS
4|.ac_bk|AC_BK|b|WMM delivery and trigger enabled|non-WMM PS
2|.ac_vi|AC_VI|b|WMM delivery and trigger enabled|non-WMM PS
1|.ac_vo|AC_VO|b|WMM delivery and trigger enabled|non-WMM PS
90|.reserved|Reserved|x
""",
)
ACCESS_POINT_QUALITY = Record(
    "wlan.wfa.ie.wme.qos_info.ap",
    """
80|.u_apsd|U-APSD|b|Enabled|Disabled
f|.parameter_set_count|Parameter Set Count|x
70|.reserved|Reserved|x
""",
)
POWER_REPORT = Record(
    "wlan.tcprep",
    """
@1|.trsmt_pow|Transmit Power|i
@1|.link_mrg|Link Margin|i
""",
)
EXTENDED_1 = Record(
    "wlan.extcap",
    """
1|.b0|20/40 BSS Coexistence Management Support|bs
2|.b1|Reserved (was On-demand beacon)|x
4|.b2|Extended Channel Switching|bs
8|.b3|Reserved (was WAVE indication)|x
10|.b4|PSMP Capability|bs
20|.b5|Reserved|x
40|.b6|S-PSMP Support|bs
80|.b7|Event|bs
""",
)
EXTENDED_2 = Record(
    "wlan.extcap",
    """
1|.b8|Diagnostics|bs
2|.b9|Multicast Diagnostics|bs
4|.b10|Location Tracking|bs
8|.b11|FMS|bs
10|.b12|Proxy ARP Service|bs
20|.b13|Collocated Interference Reporting|bs
40|.b14|Civic Location|bs
80|.b15|Geospatial Location|bs
""",
)
EXTENDED_3 = Record(
    "wlan.extcap",
    """
1|.b16|TFS|bs
2|.b17|WNM Sleep Mode|bs
4|.b18|TIM Broadcast|bs
8|.b19|BSS Transition|bs
10|.b20|QoS Traffic Capability|bs
20|.b21|AC Station Count|bs
40|.b22|Multiple BSSID|bs
80|.b23|Timing Measurement|bs
""",
)
EXTENDED_4 = Record(
    "wlan.extcap",
    """
1|.b24|Channel Usage|bs
2|.b25|SSID List|bs
4|.b26|DMS|bs
8|.b27|UTC TSF Offset|bs
10|.b28|TPU Buffer STA Support|bs
20|.b29|TDLS Peer PSM Support|bs
40|.b30|TDLS channel switching|bs
80|.b31|Interworking|bs
""",
)
EXTENDED_5 = Record(
    "wlan.extcap",
    """
1|.b32|QoS Map|bs
2|.b33|EBR|bs
4|.b34|SSPN Interface|bs
8|.b35|Reserved|x
10|.b36|MSGCF Capability|bs
20|.b37|TDLS Support|bs
40|.b38|TDLS Prohibited|bs
80|.b39|TDLS Channel Switching Prohibited|bs
""",
)
EXTENDED_6 = Record(
    "wlan.extcap",
    """
1|.b40|Reject Unadmitted Frame|bs
e|.serv_int_granularity|Service Interval Granularity|d|0 5 ms|1 10 ms|2 15 ms|3 20 ms|4 25 ms|5 30 ms|6 35 ms|7 40 ms
10|.b44|Identifier Location|bs
20|.b45|U-APSD Coexistence|bs
40|.b46|WNM Notification|bs
80|.b47|QAB Capability|x
""",
)
EXTENDED_7 = Record(
    "wlan.extcap",
    """
1|.b48|UTF-8 SSID|bs
2|.b49|QMF Activated|b
4|.b50|QMF Reconfiguration Activated|b
8|.b51|Robust AV Streaming|b
10|.b52|Advanced GCR|b
20|.b53|Mesh GCR|b
40|.b54|SCS|b
80|.b55|QLoad Report|b
""",
)
EXTENDED_8 = Record(
    "wlan.extcap",
    """
1|.b56|Alternate EDCA|b
2|.b57|Unprotected TXOP Negotiation|b
4|.b58|Protected TXOP Negotiation|b
8|.b59|Reserved|x
10|.b60|Protected QLoad Report|b
20|.b61|TDLS Wider Bandwidth|bs
40|.b62|Operating Mode Notification|bs
80|.b63|Max Number Of MSDUs In A-MSDU|d|0 No limit|1 32|2 16|3 8
200|.b65|Channel Schedule Management|b
400|.b66|Geodatabase Inband Enabling Signal|b
800|.b67|Network Channel Control|b
1000|.b68|White Space Map|b
2000|.b69|Channel Availability Query|b
4000|.b70|Fine Timing Measurement Responder|b
8000|.b71|Fine Timing Measurement Initiator|b
""",
)
EXTENDED_9 = Record(
    "wlan.extcap",
    """
1|.b72|FILS Capable|b
2|.b73|Extended Spectrum Management Capable|b
4|.b74|Future Channel Capable|b
8|.b75|Reserved|x
10|.b76|Reserved|x
20|.b77|TWT Requester Support|b
40|.b78|TWT Responder Support|b
80|.b79|OBSS Narrow Bandwidth RU in UL OFDMA Tolerance Support|b
""",
)
EXTENDED_10 = Record(
    "wlan.extcap",
    """
1|.b80|Complete List of NonTxBSSID Profiles|b
2|.b81|SAE Password Identifiers In Use|b
4|.b82|SAE Passwords Used Exclusively|b
8|.b83|Enhanced Multi-BSSID Advertisement Support|b
10|.b84|Beacon Protection Enabled|b
20|.b85|Mirrored SCS|b
40|.b86|OCT|b
80|.b87|Reserved|x
""",
)
EXTENDED_11 = Record(
    "wlan.extcap",
    """
1|.b88|SAE-PK Passwords Used Exclusively|b
2|.b89|TWT Parameters Range Support|x
4|.b90|non-TB Ranging Responder|b
8|.b91|TB Ranging Responder|b
10|.b92|TB Ranging Responder Measurement Support|b
20|.b93|TB Ranging Initiator Measurement Support|b
40|.b94|AOA Measurement Available|b
80|.b95|Phase Shift Feedback Support|b
""",
)
EXTENDED_12 = Record(
    "wlan.extcap",
    """
1|.dmg_location|DMG/location supporting APs in the area|b
2|.i2r_lmr_feedback_policy|I2R LMR Feedback Policy|b
fc|.reserved2|Reserved|x
""",
)
