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

static const char *const THIRTY_TWO_LICENSES[] = {
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000100 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:j65QD9Ow_A-rtkXv5uxrUwRSvuk1ETyX1s1i--d6geF6oj9lZGbf-5vgfkqDSuTjbxcYwdUaO27WUuTW8SWYaw\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000101 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:GXLEE7PJGgdUqqfA9b0zVEcUGFtKK8TfSPed5M88svAKRF9w9bSm8jH-EFzJ9HErtCLLzMhnWZeNqfkrfnW-2A\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000102 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:5Z8fDWmelaAlvvPGQ-jdMUWFPLufqgvSB4o_43jskOFwbxRG2C4D_lDoQVw4op8O03-0AvwrNF-QkPYVUCXbTA\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000103 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:Xbdd2auWtjGhUmm6MWkQgPavH0qpSbtNFZTe7Bddth0RKEGIsyini5kWzlljwR9Co4U_aObG12Aws0vcFAjqlw\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000104 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:GKT-Fr0oWE7xuMZrf2HvACQjLf2Cp9r4M8h6izTo0P0lcYYWeo7oHIz1cA5s-uDo91_kUIRDfECO0-Le_QQFbg\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000105 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:jhv0UX_C3D6itoaiL_x3IDEJ--QVf1Dm1olJq8D2bX4MqDiw5Qz0MAUTVFO8FNwSLyD8huJYH82mVdNSGmezCA\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000106 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:WB7kGX71D5ia8txL3zOIKdWS7Yz1vSQCo5uyy9kCZSQX_gEdV9BYcNYWZ9UdeDybU6p8TuX-r9KTYpsozj0HhQ\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000107 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:zcPr8l01SFK_1zluTD-mnREYMZ6c7m6-2PZjlUwibntS_U-UdleF8jeZdxrHQ-QDyW3rxMQclu4ui9t5uaoNZg\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000108 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:AU5pUn2VSu7V3tZVFTBVONTjBddcrcrfMoqMYLY2r7AMvgfsCsThJp0KwOik_5fH7sgRfrqwPQWp49BgpXnH3w\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000109 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:HRLJh97D-ACx4Sl5d3VuYpSBAbB97umdm84MtbqZ3RZEPz32ce2H548YiDgq9gHv3J_fRrjcI-o74VEOeT43lQ\n",
    "LICENSE 1 voice 2.1 permanent 1 id=0000000000000000010a udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:qmQcT14iryjmcQCFhX67IvDf5thb2n_fBbta-fJ15_dFHX5RPXzwk9Gcfi1-20gwGkdrzGyBQSMRQ9M7rQ-x_A\n",
    "LICENSE 1 voice 2.1 permanent 1 id=0000000000000000010b udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:jdPai2wIu5gTMlL4larJJWbpHqhhbUwYktUMCQf4FR5px7EWJj7sM1eIPehH_OXlO-v-bVODxYqdiQ6KFoJK3w\n",
    "LICENSE 1 voice 2.1 permanent 1 id=0000000000000000010c udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:QYkzvjs-76xiVnFogvj-Nu3VRG94pyGxmGRqsyAWJqQUB8YElYoAujisbPT8olaMFLlKky7kMJ8t9_adMZYo-A\n",
    "LICENSE 1 voice 2.1 permanent 1 id=0000000000000000010d udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:i5nM_EYErWRdXcDKWoJtRpUa5Nsj2tJjZfMlCjMlJr8-jpKlCa-oUwAd0XW9-32sCreN2Ru5T2K1V5JcU9x-Wg\n",
    "LICENSE 1 voice 2.1 permanent 1 id=0000000000000000010e udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:EBeMhq4-363AW9JTC_8xyJjPTkE2Okwp7RfdfsR1ILE2WaKKFskfytmfZizzLjfh6Mkt7UoFiwHzol0BBgDEXA\n",
    "LICENSE 1 voice 2.1 permanent 1 id=0000000000000000010f udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:p0Sy33PNkI0_ihpx91075pYxUJzatpEfxEwAfsTd1fFR0iiWESwJ5FmnzQlkrpcDw79L_wh5byqGi2ElJGGyhQ\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000110 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:Vq-kesEsEwykqbcvdAviPNNgCqujByzL4Q90Ak1HFbZh5GHuDFMj7ea8OQ44QjSxqh-924bB23gnG5qDDMxUFw\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000111 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:3_AFXQvUropCdC69BG-2pJpkOrxnSwWyM98mqC839msMO6SSQmNfaPwTyaGGawEl8c3gHddch7zppDlUk8IOlQ\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000112 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:6M6_EBeJA9NLmCKAnXkKZQ8UmCi4UZqjUIPZgi33Cv9dHDprxPXfFNpowdOlby9Jg8GSUIDQ-TZ7gy7PXHuBHA\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000113 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:rliPnSeR1b7g0xubusCui0oXPlLh1jdkkV0kNm6cZ9pPVJAuzdYUlD1W4ksN_MCrN-OCBz8h-eK20MbEx8on7Q\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000114 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:_agrPr_sdE1MdmrHegZUJigu09ZzYU-L3ypV_6oPzxcMHNpZNlBZCC4VoxU-NlNkvV2npS2FYvl44TpdPv9RyA\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000115 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:pTORL4z7TrSmfiY7VVPb89VLq-On2TYBbT0Dj82HTR4dMpTuyxS3jYtduXk6jfVn2dTHSWaOmgTgdNmjX9PZoQ\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000116 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:5r1X_1PIvvJg1sCmPTC9tv20edtP9ckwCwpwp-uRCnxoWQaPEprMl8i7S2WDCruYdguA6qheWD-QgyK2WkeMJg\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000117 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:wmtvr6f06daSkQu8lRDOn3KjX7Lebf-snlPg7fPtS-N1DUHLSWMDSpmMWAVnNDhTJ1T3OVhNTs72WX7NJbU0Jw\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000118 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:6DGPl3qNKj6S_D2a1mh6BUm_uzRVCSheHWXdJSVEil90KNSOMAcR8fCZWgHG_aOecWDS6qZRH8_T7xYOUPs5Qw\n",
    "LICENSE 1 voice 2.1 permanent 1 id=00000000000000000119 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:edTYATQ1mdNHuSPKxVZuxjGKKK0rGirlFg_-tRb49A86vhlPInh3stVz-y77iJZ-uZR5E2ewKQFVFbrI6vY0MA\n",
    "LICENSE 1 voice 2.1 permanent 1 id=0000000000000000011a udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:VjJtr12D5bvxZXY5Y3LE2cVJ4jPyeAldj9tIbveunlhKbkM_c-dEtMHVAGUcQKVVfTCzkBJgT9paFgEW0lHSJg\n",
    "LICENSE 1 voice 2.1 permanent 1 id=0000000000000000011b udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:6GLkQgVWcZ9hqfyBbLsiHZlyP7SuX2IK7fDOeHJ__WMyPUwGWHgs_v4c9DLWyeua2qHSmEszlZE0Akq5TpAchw\n",
    "LICENSE 1 voice 2.1 permanent 1 id=0000000000000000011c udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:jciFQQjciM91s_H2Y2TXAqaeB-TtKYQZBzDEmlR04px4nInkxlmg4kcJhZZxMlXnqJPJO_JmhUQvcIaxJYqRsQ\n",
    "LICENSE 1 voice 2.1 permanent 1 id=0000000000000000011d udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:JA3DiKlLD3M9Oplk9ptBScpTqfbuCQlkqbJYqHHHj6oXZjGXnUkD_pmZDGeQREXjktIA83UxTtc3_1DE3YLmSA\n",
    "LICENSE 1 voice 2.1 permanent 1 id=0000000000000000011e udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:3ALz7Aw27GYCJpT-80VByoN2XL2FHr_CQFMGIeP-mpQh2M7wg6dZRIJEwk2UL-Kc5PUM8yI4_LhyEJarfuy0DA\n",
    "LICENSE 1 voice 2.1 permanent 1 id=0000000000000000011f udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 combine=additive"
    " sig=76805a63:fOhFjJNmB-FP7LjaVQj-EsRISceR_Iv0s5YC-g8z9il36oOp6rJ2WWZr8uflkyvflLEL2qSxDf1TBU4RkXWwQA\n",
};

#endif
