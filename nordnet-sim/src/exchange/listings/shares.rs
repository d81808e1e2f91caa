//! The shares that are known.

/// Market, identifier, symbol, name, ISIN, sector, lot, liquidity band (1 to
/// 6), shares in issue in millions, loanable percent, price in ten-thousandths.
pub(super) type Row = (
    i64,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    i64,
    i64,
    i64,
    i64,
    i64,
);

#[rustfmt::skip]
pub(super) const ROWS: [Row; 62] = [
    (11, "101", "ERIC B", "Ericsson B", "SE0000108656", "IT_TELECOM", 1, 5, 3_340, 85, 865_200),
    (11, "366", "VOLV B", "Volvo B", "SE0000115446", "INDUSTRY", 1, 5, 1_589, 80, 3_162_000),
    (11, "992", "HM B", "Hennes & Mauritz B", "SE0000106270", "CONSUMER", 1, 5, 1_416, 80, 1_523_500),
    (11, "5095", "TELIA", "Telia Company", "SE0000667925", "IT_TELECOM", 1, 5, 3_932, 85, 342_100),
    (11, "281", "SEB A", "SEB A", "SE0000148884", "FINANCE", 1, 5, 2_054, 85, 1_784_000),
    (11, "120", "SWED A", "Swedbank A", "SE0000242455", "FINANCE", 1, 5, 1_132, 85, 2_623_000),
    (11, "161", "INVE B", "Investor B", "SE0015811963", "FINANCE", 1, 5, 1_822, 85, 3_001_000),
    (11, "3966", "ATCO A", "Atlas Copco A", "SE0017486889", "INDUSTRY", 1, 5, 3_357, 85, 1_745_500),
    (11, "4928", "SAND", "Sandvik", "SE0000667891", "INDUSTRY", 1, 5, 1_254, 85, 2_201_000),
    (15, "1301", "EQNR", "Equinor", "NO0010096985", "ENERGY", 1, 5, 2_793, 80, 2_654_000),
    (15, "1045", "DNB", "DNB Bank", "NO0010161896", "FINANCE", 1, 5, 1_492, 80, 2_487_000),
    (15, "1102", "NHY", "Norsk Hydro", "NO0005052605", "COMMODITIES", 10, 4, 1_990, 75, 645_500),
    (14, "1158", "NOVO B", "Novo Nordisk B", "DK0062498333", "HEALTH", 1, 5, 3_390, 85, 4_121_000),
    (14, "1207", "DSV", "DSV", "DK0060079531", "INDUSTRY", 1, 5, 240, 80, 15_385_000),
    (24, "1520", "NOKIA", "Nokia", "FI0009000681", "IT_TELECOM", 1, 6, 5_613, 80, 42_505),
    (24, "1533", "KNEBV", "KONE", "FI0009013403", "INDUSTRY", 1, 5, 453, 80, 518_400),

    (11, "3524", "ABB", "ABB Ltd", "CH0012221716", "INDUSTRY", 1, 5, 1_861, 85, 6_214_000),
    (11, "402", "ALFA", "Alfa Laval", "SE0000695876", "INDUSTRY", 1, 4, 413, 80, 4_786_000),
    (11, "5271", "ASSA B", "Assa Abloy B", "SE0007100581", "INDUSTRY", 1, 5, 1_055, 85, 3_517_000),
    (11, "3526", "AZN", "AstraZeneca", "GB0009895292", "HEALTH", 1, 5, 1_550, 85, 17_125_000),
    (11, "15609", "BOL", "Boliden", "SE0020050417", "COMMODITIES", 1, 4, 284, 75, 4_328_000),
    (11, "81", "ELUX B", "Electrolux B", "SE0016589188", "CONSUMER", 1, 4, 283, 70, 712_500),
    (11, "123442", "EPI A", "Epiroc A", "SE0015658109", "INDUSTRY", 1, 4, 824, 80, 2_036_000),
    (11, "182600", "EQT", "EQT", "SE0012853455", "FINANCE", 1, 5, 1_187, 75, 3_415_000),
    (11, "139301", "ESSITY B", "Essity B", "SE0009922164", "CONSUMER", 1, 5, 640, 85, 2_719_000),
    (11, "102816", "EVO", "Evolution", "SE0012673267", "CONSUMER", 1, 5, 205, 75, 7_124_000),
    (11, "812", "GETI B", "Getinge B", "SE0000202624", "HEALTH", 1, 4, 254, 75, 2_054_000),
    (11, "819", "HEXA B", "Hexagon B", "SE0015961909", "IT_TELECOM", 1, 5, 2_574, 80, 1_083_500),
    (11, "160271", "NDA SE", "Nordea Bank", "FI4000297767", "FINANCE", 1, 5, 3_450, 85, 1_678_500),
    (11, "1914", "NIBE B", "NIBE Industrier B", "SE0015988019", "INDUSTRY", 1, 5, 1_783, 75, 387_400),
    (11, "5401", "SAAB B", "Saab B", "SE0021921269", "INDUSTRY", 1, 5, 537, 80, 5_718_000),
    (11, "323", "SCA B", "SCA B", "SE0000112724", "COMMODITIES", 1, 5, 638, 80, 1_219_500),
    (11, "340", "SHB A", "Handelsbanken A", "SE0007100599", "FINANCE", 1, 5, 1_945, 85, 1_312_000),
    (11, "132083", "SINCH", "Sinch", "SE0016101844", "IT_TELECOM", 1, 5, 845, 60, 298_600),
    (11, "283", "SKA B", "Skanska B", "SE0000113250", "INDUSTRY", 1, 4, 400, 80, 2_546_000),
    (11, "285", "SKF B", "SKF B", "SE0000108227", "INDUSTRY", 1, 5, 426, 80, 2_483_000),
    (11, "300", "SSAB B", "SSAB B", "SE0000120669", "COMMODITIES", 1, 5, 690, 75, 619_200),
    (11, "1027", "TEL2 B", "Tele2 B", "SE0005190238", "IT_TELECOM", 1, 5, 668, 80, 1_518_000),
    (12, "62720", "HUMBLE", "Humble Group", "SE0006261046", "CONSUMER", 1, 3, 446, 0, 118_400),
    (12, "128450", "PDX", "Paradox Interactive", "SE0008294953", "IT_TELECOM", 1, 3, 106, 50, 1_784_000),
    (12, "216310", "SECARE", "Swedencare", "SE0015988167", "HEALTH", 1, 3, 159, 40, 410_500),
    (14, "1101", "CARL B", "Carlsberg B", "DK0010181759", "CONSUMER", 1, 5, 99, 80, 8_924_000),
    (14, "1104", "COLO B", "Coloplast B", "DK0060448595", "HEALTH", 1, 5, 210, 80, 6_682_000),
    (14, "1106", "DANSKE", "Danske Bank", "DK0010274414", "FINANCE", 1, 5, 835, 80, 2_413_000),
    (14, "1160", "GMAB", "Genmab", "DK0010272202", "HEALTH", 1, 5, 64, 75, 16_125_000),
    (14, "1123", "MAERSK B", "A.P. Møller - Mærsk B", "DK0010244508", "INDUSTRY", 1, 5, 8, 80, 123_450_000),
    (14, "1164", "ORSTED", "Ørsted", "DK0060094928", "ENERGY", 1, 5, 1_321, 70, 1_284_000),
    (14, "1172", "PNDORA", "Pandora", "DK0060252690", "CONSUMER", 1, 5, 79, 80, 10_240_000),
    (14, "1170", "VWS", "Vestas Wind Systems", "DK0061539921", "ENERGY", 1, 5, 1_010, 75, 1_588_500),
    (15, "1011", "AKRBP", "Aker BP", "NO0010345853", "ENERGY", 1, 5, 632, 75, 2_518_000),
    (15, "1216", "MOWI", "Mowi", "NO0003054108", "CONSUMER", 1, 5, 517, 75, 2_214_000),
    (15, "1241", "ORK", "Orkla", "NO0003733800", "CONSUMER", 1, 5, 1_001, 80, 1_179_000),
    (15, "1290", "TEL", "Telenor", "NO0010063308", "IT_TELECOM", 1, 5, 1_368, 80, 1_683_500),
    (15, "1344", "YAR", "Yara International", "NO0010208051", "COMMODITIES", 1, 5, 255, 75, 4_026_000),
    (24, "1512", "ELISA", "Elisa", "FI0009007884", "IT_TELECOM", 1, 5, 167, 80, 394_800),
    (24, "1514", "FORTUM", "Fortum", "FI0009007132", "ENERGY", 1, 5, 897, 75, 187_650),
    (24, "1601", "NDA FI", "Nordea Bank", "FI4000297767", "FINANCE", 1, 5, 3_450, 85, 152_500),
    (24, "1526", "NESTE", "Neste", "FI0009013296", "ENERGY", 1, 5, 769, 70, 198_200),
    (24, "1541", "SAMPO", "Sampo A", "FI4000552500", "FINANCE", 1, 5, 2_690, 85, 98_760),
    (24, "1545", "STERV", "Stora Enso R", "FI0009005961", "COMMODITIES", 1, 5, 789, 75, 105_150),
    (24, "1550", "UPM", "UPM-Kymmene", "FI0009005987", "COMMODITIES", 1, 5, 527, 80, 253_700),
    (24, "1558", "WRT1V", "Wärtsilä", "FI0009003727", "INDUSTRY", 1, 5, 592, 80, 310_500),
];

/// Shares that are traded on a second market as well: market, identifier, and
/// the symbol that they are known by.
pub(super) const TWINS: [(i64, &str, &str); 2] = [(30, "8841", "ERIC B"), (30, "8852", "VOLV B")];

/// Returns the group that a sector belongs to.
pub(crate) fn sector_group(sector: &str) -> &'static str {
    match sector {
        "IT_TELECOM" => "TECH",
        "INDUSTRY" | "COMMODITIES" | "ENERGY" => "CYCLICAL",
        "FINANCE" => "FINANCIAL",
        _ => "DEFENSIVE",
    }
}
