/* Made by `cargo run -q -p nodelock-ffi --example make-example-licenses`.
 * The key is for tests only: everybody knows the private one. */
#ifndef LICENSES_H
#define LICENSES_H

#define VENDOR_KEY \
    {{0x76, 0x80, 0x5a, 0x63}, 1, \
     {0x02, 0x17, 0xe6, 0x17, 0xf0, 0xb6, 0x44, 0x39, 0x28, 0x27, 0x8f, 0x96, \
      0x99, 0x9e, 0x69, 0xa2, 0x3a, 0x4f, 0x2c, 0x15, 0x2b, 0xdf, 0x6d, 0x6c, \
      0xdf, 0x66, 0xe5, 0xb8, 0x02, 0x82, 0xd4, 0xed, 0x19, 0x4a, 0x7d, 0xeb, \
      0xcb, 0x97, 0x71, 0x2d, 0x2d, 0xda, 0x3c, 0xa8, 0x5a, 0xa8, 0x76, 0x5a, \
      0x56, 0xf4, 0x5f, 0xc7, 0x58, 0x59, 0x96, 0x52, 0xf2, 0x89, 0x7c, 0x65, \
      0x30, 0x6e, 0x57, 0x94}}

static const char ONE_LICENSE[] =
    "LICENSE 1 ipservices 1.0 permanent uncounted id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22"
    " sig=76805a63:6lKAenPkz4Rb-HX3QuhtQkJ1sCualZukP1KMdPthqgcrT_gGEm3NlBSNsT1uR3VaSLxyVrUhrBL6A1CuwfMmOw\n";

static const char OUR_LICENSES[] =
    "# Licenses for ISR4331/K9:FDO1234ABCD\n"
    "LICENSE 1 ipservices 1.0 permanent uncounted id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22"
    " sig=76805a63:6lKAenPkz4Rb-HX3QuhtQkJ1sCualZukP1KMdPthqgcrT_gGEm3NlBSNsT1uR3VaSLxyVrUhrBL6A1CuwfMmOw\n"
    "LICENSE 1 voice 2.1 permanent 16 id=00000000000000000002 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22"
    " sig=76805a63:sLGAscEu9D21NQVinr4_lUW_YtwOu7_6K-pVJUvBUqA8EUrR9l5ZBnTIQHByiK31ac_eG-9aKYHe0XcBYVoiPQ\n";

static const char ANOTHER_DEVICES_LICENSE[] =
    "LICENSE 1 ipservices 1.0 permanent uncounted id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO9999WXYZ issued=2026-11-22"
    " sig=76805a63:uCEdB6kTE6mZvdWB_aPLw2fm1P3P7PC5FxgRBTjxqRAIIfwvI7EyVe0DpLaVcJK3zlma-EUtVVytwTJDnFRawQ\n";

static const char TAMPERED_LICENSE[] =
    "LICENSE 1 voice 2.1 permanent 61 id=00000000000000000002 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22"
    " sig=76805a63:sLGAscEu9D21NQVinr4_lUW_YtwOu7_6K-pVJUvBUqA8EUrR9l5ZBnTIQHByiK31ac_eG-9aKYHe0XcBYVoiPQ\n";

static const char TRIAL_LICENSE[] =
    "LICENSE 1 tunnel 1.0 evaluation uncounted id=00000000000000000003 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 usage=1d"
    " sig=76805a63:0c3L_KjX_GlPditA2gWCA2-1C8YWAcg6dgNIMUaaFmhHRIY7_hCCEL6DtUCntHczhDZrHlVaa_nYf8Jea0lwVQ\n";

#endif
