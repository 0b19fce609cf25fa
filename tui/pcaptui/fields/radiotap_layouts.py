"""Bits of radiotap fields (radiotap.org), with tshark's words."""

from __future__ import annotations

from .records import Record

PRESENT = Record(
    "radiotap.present",
    """
1|.tsft|TSFT|bp
2|.flags|Flags|bp
4|.rate|Rate|bp
8|.channel|Channel|bp
10|.fhss|FHSS|bp
20|.dbm_antsignal|dBm Antenna Signal|bp
40|.dbm_antnoise|dBm Antenna Noise|bp
80|.lock_quality|Lock Quality|bp
100|.tx_attenuation|TX Attenuation|bp
200|.db_tx_attenuation|dB TX Attenuation|bp
400|.dbm_tx_power|dBm TX Power|bp
800|.antenna|Antenna|bp
1000|.db_antsignal|dB Antenna Signal|bp
2000|.db_antnoise|dB Antenna Noise|bp
4000|.rxflags|RX flags|bp
8000|.txflags|TX flags|bp
20000|.data_retries|data retries|bp
40000|.xchannel|Channel+|bp
80000|.mcs|MCS information|bp
100000|.ampdu|A-MPDU Status|bp
200000|.vht|VHT information|bp
400000|.timestamp|frame timestamp|bp
800000|.he|HE information|bp
1000000|.he_mu|HE-MU information|bp
4000000|.0_length.psdu|0 Length PSDU|bp
8000000|.l_sig|L-SIG|bp
10000000|.tlv|TLVs|bp
20000000|.rtap_ns|Radiotap NS next|b
40000000|.vendor_ns|Vendor NS next|b
80000000|.ext|Ext|bp
""",
)
FLAGS = Record(
    "radiotap.flags",
    """
@1||Flags|x
1|.cfp|CFP|b
2|.preamble|Preamble|b|Short|Long
4|.wep|WEP|b
8|.frag|Fragmentation|b
10|.fcs|FCS at end|b
20|.datapad|Data Pad|b
40|.badfcs|Bad FCS|b
80|.shortgi|Short GI|b
""",
)
CHANNEL = Record(
    "radiotap.channel.flags",
    """
1|.700mhz|700 MHz spectrum|b
2|.800mhz|800 MHz spectrum|b
4|.900mhz|900 MHz spectrum|b
10|.turbo|Turbo|b
20|.cck|Complementary Code Keying (CCK)|b
40|.ofdm|Orthogonal Frequency-Division Multiplexing (OFDM)|b
80|.2ghz|2 GHz spectrum|b
100|.5ghz|5 GHz spectrum|b
200|.passive|Passive|b
400|.dynamic|Dynamic CCK-OFDM|b
800|.gfsk|Gaussian Frequency Shift Keying (GFSK)|b
1000|.gsm|GSM (900MHz)|b
2000|.sturbo|Static Turbo|b
4000|.half|Half Rate Channel (10MHz Channel Width)|b
8000|.quarter|Quarter Rate Channel (5MHz Channel Width)|b
""",
)
RECEIVED = Record(
    "radiotap.rxflags",
    """
@2||RX flags|x
2|.badplcp|Bad PLCP|b24
""",
)
SENT = Record(
    "radiotap.txflags",
    """
@2||TX flags|x
1|radiotap.rxflags.fail|Fail|b24
2|radiotap.rxflags.cts|CTS|b24
4|radiotap.rxflags.rts|RTS/CTS|b24
8|radiotap.rxflags.noack|No ACK|b24
10|radiotap.rxflags.noseqno|Has Seqnum|b24
20|radiotap.rxflags.order|Order|b24
""",
)
EXTENDED_CHANNEL = Record(
    "radiotap.xchannel.flags",
    """
10|.turbo|Turbo|b24
20|.cck|Complementary Code Keying (CCK)|b24
40|.ofdm|Orthogonal Frequency-Division Multiplexing (OFDM)|b24
80|.2ghz|2 GHz spectrum|b24
100|.5ghz|5 GHz spectrum|b24
200|radiotap.channel.xtype.passive|Passive|b24
400|.dynamic|Dynamic CCK-OFDM|b24
800|.gfsk|Gaussian Frequency Shift Keying (GFSK)|b24
1000|.gsm|GSM (900MHz)|b24
2000|.sturbo|Static Turbo|b24
4000|.half|Half Rate Channel (10MHz Channel Width)|b24
8000|.quarter|Quarter Rate Channel (5MHz Channel Width)|b24
10000|.ht20|HT Channel (20MHz Channel Width)|b24
20000|.ht40u|HT Channel (40MHz Channel Width with Extension channel above)|b24
40000|.ht40d|HT Channel (40MHz Channel Width with Extension channel below)|b24
""",
)
MCS_KNOWN = Record(
    "radiotap.mcs",
    """
1|.have_bw|Bandwidth|bp
2|.have_index|MCS index|bp
4|.have_gi|Guard interval|bp
8|.have_format|Format|bp
10|.have_fec|FEC type|bp
20|.have_stbc|STBC streams|bp
40|.have_ness|Number of extension spatial streams|bp
""",
)
MCS = Record(
    "radiotap.mcs",
    """
3|.bw|Bandwidth|d|0 20 MHz|1 40 MHz|2 20 MHz lower|3 20 MHz upper
4|.gi|Guard interval|d|0 long|1 short
8|.format|Format|d|0 mixed|1 greenfield
10|.fec|FEC type|d|0 BCC|1 LDPC
60|.stbc|STBC streams|d
""",
)
AGGREGATE = Record(
    "radiotap.ampdu",
    """
@4|.reference|A-MPDU reference number|d
@2|.flags|A-MPDU flags|x
1|.flags.report_zerolen|Driver reports 0-length subframes in this A-MPDU|b
2|.flags.is_zerolen|This is a 0-length subframe|b
4|.flags.lastknown|Last subframe of this A-MPDU is known|b
8|.flags.last|This is the last subframe of this A-MPDU|b
10|.flags.delim_crc_error|Delimiter CRC error on this subframe|b
40|.flags.eof|EOF on this subframe|b
80|.flags.eof_known|EOF of this A-MPDU is known|b
""",
)
VHT_KNOWN = Record(
    "radiotap.vht",
    """
1|.have_stbc|STBC|bp
2|.have_txop_ps|TXOP_PS_NOT_ALLOWED|bp
4|.have_gi|Guard interval|bp
8|.have_sgi_nsym_da|SGI Nsym disambiguation|bp
10|.ldpc_extra|LDPC extra OFDM symbol|bp
20|.have_beamformed|Beamformed|bp
80|radiotap.mcs.have_gid|Group ID|bp
100|radiotap.mcs.have_paid|Partial AID|bp
""",
)
VHT = Record(
    "radiotap.vht",
    """
1|.stbc|STBC|b|On|Off
2|.txop_ps|TXOP_PS_NOT_ALLOWED|b
4|.gi|Guard interval|d|0 long|1 short
8|.sgi_nsym_da|SGI Nsym disambiguation|b
20|.beamformed|Beamformed|b
@1|.bw|Bandwidth|d|0 20 MHz|1 40 MHz|2 20 MHz lower|3 20 MHz upper|4 80 MHz|5 40 MHz lower|6 40 MHz upper\
|7 20 MHz, channel 1/4|8 20 MHz, channel 2/4|9 20 MHz, channel 3/4|10 20 MHz, channel 4/4|11 160 MHz|12 80 MHz lower\
|13 80 MHz upper|14 40 MHz, channel 1/4|15 40 MHz, channel 2/4|16 40 MHz, channel 3/4|17 40 MHz, channel 4/4\
|18 20 MHz, channel 1/8|19 20 MHz, channel 2/8|20 20 MHz, channel 3/8|21 20 MHz, channel 4/8|22 20 MHz, channel 5/8\
|23 20 MHz, channel 6/8|24 20 MHz, channel 7/8|25 20 MHz, channel 8/8
""",
)
TIMESTAMP = Record(
    "radiotap.timestamp",
    """
@8|.ts|timestamp|d
@2|.accuracy|accuracy|d
f|.unit|time unit|d|0 msec|1 usec|2 nsec
f0|.samplingpos|sampling position|d|0 first MPDU bit/symbol|1 signal acquisition|2 end of frame|15 undefined
1|.flags.32bit|32-bit counter|b|Yes|No
2|.flags.accuracy|accuracy field|bp
""",
)
HE_1 = Record(
    "radiotap.he.data_1",
    """
@2||HE Data 1|x
3|.ppdu_format|PPDU Format|x|0 HE_SU|1 HE_EXT_SU|2 HE_MU|3 HE_TRIG
4|.bss_color_known|BSS Color known|bk
8|.beam_change_known|Beam Change known|bk
10|.ul_dl_known|UL/DL known|bk
20|.data_mcs_known|data MCS known|bk
40|.data_dcm_known|data DCM known|bk
80|.coding_known|Coding known|bk
100|.ldpc_extra_symbol_segment_known|LDPC extra symbol segment known|bk
200|.stbc_known|STBC known|bk
400|.spatial_reuse_1_known|Spatial Reuse 1 known|bk
800|.spatial_reuse_2_known|Spatial Reuse 2 known|bk
1000|.spatial_reuse_3_known|Spatial Reuse 3 known|bk
2000|.spatial_reuse_4_known|Spatial Reuse 4 known|bk
4000|.data_bw_ru_allocation_known|data BW/RU allocation known|bk
8000|.doppler_known|Doppler known|bk
""",
)
HE_2 = Record(
    "radiotap.he.data_2",
    """
@2||HE Data 2|x
1|.pri_sec_80_mhz_known|pri/sec 80 MHz known|b
2|.gi_known|GI known|bk
4|.num_ltf_symbols_known|LTF symbols known|bk
8|.pre_fec_padding_factor_known|Pre-FEC Padding Factor known|bk
10|.txbf_known|TxBF known|bk
20|.pe_disambiguity_known|PE Disambiguity known|bk
40|.txop_known|TXOP known|bk
80|.midamble_periodicity_known|midamble periodicity known|bk
3f00|.ru_allocation_offset|RU allocation offset|x
4000|.ru_allocation_offseti_known|RU allocation offset known|bk
8000|.pri_sec_80_mhz|pri/sec 80 MHz|b|secondary|primary
""",
)
HE_3 = Record(
    "radiotap.he.data_3",
    """
@2||HE Data 3|x
3f|.bss_color|BSS Color|x
40|.beam_change|Beam Change|x
80|.ul_dl|UL/DL|x
f00|.data_mcs|data MCS|x
1000|.data_dcm|data DCM|x
2000|.coding|Coding|x|0 BCC|1 LDPC
4000|.ldpc_extra_symbol_segment|LDPC extra symbol segment|x
8000|.stbc|STBC|x
""",
)
HE_5 = Record(
    "radiotap.he",
    """
@2|.data_5|HE Data 5|x
f|.data_5.data_bw_ru_allocation|data Bandwidth/RU allocation|x|0 20|1 40|2 80|3 160/80+80|4 26-tone RU|5 52-tone RU\
|6 106-tone RU|7 242-tone RU|8 484-tone RU|9 996-tone RU|10 2x996-tone RU|11 reserved|12 reserved|13 reserved\
|14 reserved|15 reserved
30|.data_5.gi|GI|x|0 0.8us|1 1.6us|2 3.2us|3 reserved
c0|.data_5.ltf_symbol_size|LTF symbol size|x|0 unknown|1 1x|2 2x|3 4x
700|.num_ltf_symbols|LTF symbols|x|0 1x|1 2x|2 4x|3 6x|4 8x|5 reserved|6 reserved|7 reserved
800|.data_5.reserved_d5_b11|reserved|x
3000|.pre_fec_padding_factor|Pre-FEC Padding Factor|x
4000|.txbf|TxBF|x
8000|.pe_disambiguity|PE Disambiguity|x
""",
)
HE_6 = Record(
    "radiotap.he.data_6",
    """
@2||HE Data 6|x
f|.nsts|NSTS|x|0 Unknown|1 1 space-time stream|2 2 space-time streams|3 3 space-time streams|4 4 space-time streams\
|5 5 space-time streams|6 6 space-time streams|7 7 space-time streams|8 8 space-time streams|9 9 space-time streams\
|10 10 space-time streams|11 11 space-time streams|12 12 space-time streams|13 13 space-time streams\
|14 14 space-time streams|15 15 space-time streams
10|.doppler_value|Doppler value|x
e0|.reserved_d6_00e0|Reserved|x
7f00|.txop_value|TXOP value|x
8000|.midamble_periodicity|midamble periodicity|x|0 10|1 20
""",
)
L_SIG = Record(
    "radiotap.l_sig",
    """
@2|.data1|Data1|x
1|.rate_known|rate known|b
2|.length_known|length known|b
fffc|.reserved|reserved|x
@2|.data2|Data2|x
f|.rate|rate|d
fff0|.length|length|d
""",
)
NO_PSDU = Record(
    "radiotap.0_len_psdu",
    """
@1|.type|Type|x|0 sounding PPDU|1 reserved|2 S1G NDP CMAC frame|3-254 reserved|255 vendor-specific
""",
)
