use super::*;

fn parts(text: &str) -> (i64, u8) {
    let decimal: Decimal = text.parse().unwrap();
    (decimal.mantissa(), decimal.scale())
}

#[test]
fn reads_and_writes_plain_numbers_with_their_places() {
    for (text, mantissa, scale) in [
        ("0", 0, 0),
        ("111", 111, 0),
        ("111.0", 1110, 1),
        ("86.50", 8650, 2),
        ("-0.05", -5, 2),
        ("0.00", 0, 2),
        ("9223372036854775807", i64::MAX, 0),
        ("-9223372036854775808", i64::MIN, 0),
        ("0.000000000000000001", 1, 18),
        ("8492556.03", 849_255_603, 2),
    ] {
        assert_eq!(parts(text), (mantissa, scale), "{text}");
        assert_eq!(Decimal::new(mantissa, scale).to_string(), text);
    }
}

#[test]
fn reads_exponents_exactly() {
    for (text, plain) in [
        ("2.06845115E7", "20684511.5"),
        ("5.0E-4", "0.0005"),
        ("1E3", "1000"),
        ("1.0e+1", "10"),
        ("1.50E1", "15"),
        ("-1.25e-2", "-0.0125"),
        ("0E400", "0"),
        ("-0.0e9", "0"),
    ] {
        let decimal: Decimal = text.parse().unwrap();
        assert_eq!(decimal.to_string(), plain, "{text}");
    }
}

#[test]
fn drops_zeros_only_where_the_number_would_not_fit() {
    assert_eq!(parts("1.0000000000000000000000000"), (10_i64.pow(18), 18));
    assert_eq!(parts("100.0000000000000000000"), (10_i64.pow(18), 16));
}

#[test]
fn refuses_what_is_not_exact() {
    for text in [
        "1e400",
        "1e-19",
        "9223372036854775808",
        "0.1234567890123456789",
        "1234567890123456789012345",
        "1000000000000000000000000000000",
    ] {
        assert_eq!(
            text.parse::<Decimal>(),
            Err(DecimalError::OutOfRange),
            "{text}"
        );
    }
}

#[test]
fn refuses_what_is_not_a_number() {
    for text in [
        "", "-", ".5", "5.", "05", "+5", "1e", "1e+", "NaN", "Infinity", " 1", "1 ", "1,5",
    ] {
        assert_eq!(text.parse::<Decimal>(), Err(DecimalError::Syntax), "{text}");
    }
}

#[test]
fn compares_by_value() {
    assert_eq!(decimal("111.0"), decimal("111"));
    assert!(decimal("86.5") < decimal("86.52"));
    assert!(decimal("-2") < decimal("-1.99"));
    assert!(decimal("9223372036854775807") > decimal("0.000000000000000001"));
}

#[test]
fn adds_subtracts_multiplies_or_says_no() {
    assert_eq!(
        decimal("86.52").checked_mul(decimal("100")),
        Some(decimal("8652.00"))
    );
    assert_eq!(
        decimal("0.1").checked_add(decimal("0.25")),
        Some(decimal("0.35"))
    );
    assert_eq!(
        decimal("1").checked_sub(decimal("1.01")),
        Some(decimal("-0.01"))
    );
    assert_eq!(Decimal::from(i64::MAX).checked_add(Decimal::from(1)), None);
    assert_eq!(
        decimal("0.0000000001").checked_mul(decimal("0.0000000001")),
        None
    );
}

#[test]
fn knows_whole_ticks() {
    assert!(decimal("86.52").is_multiple_of(decimal("0.02")));
    assert!(!decimal("86.53").is_multiple_of(decimal("0.02")));
    assert!(!decimal("86.53").is_multiple_of(Decimal::ZERO));
}

#[test]
fn honours_the_width_of_a_format() {
    assert_eq!(format!("[{:>8}]", Decimal::new(-8652, 2)), "[  -86.52]");
    assert_eq!(format!("[{:<8}]", Decimal::new(8652, 2)), "[86.52   ]");
}

#[test]
fn reads_json_numbers_and_strings_without_a_float_between() {
    let read: Vec<Decimal> = serde_json::from_str(r#"[0.1, "86.50", 2.0E7]"#).unwrap();
    assert_eq!(
        serde_json::to_string(&read).unwrap(),
        r#"["0.1","86.50","20000000"]"#
    );
    assert!(serde_json::from_str::<Decimal>("null").is_err());
}

#[test]
fn a_precision_pads_or_rounds_half_to_even() {
    for (mantissa, scale, places, text) in [
        (865, 1, 2, "86.50"),
        (86, 0, 2, "86.00"),
        (86_525, 3, 2, "86.52"),
        (86_535, 3, 2, "86.54"),
        (86_526, 3, 2, "86.53"),
        (-86_526, 3, 0, "-87"),
        (5, 1, 0, "0"),
        (15, 1, 0, "2"),
        (999, 2, 1, "10.0"),
        (i64::MAX, 18, 0, "9"),
        (i64::MIN, 0, 1, "-9223372036854775808.0"),
    ] {
        let decimal = Decimal::new(mantissa, scale);
        assert_eq!(format!("{decimal:.places$}"), text);
    }
    assert_eq!(format!("[{:>8.2}]", Decimal::new(865, 1)), "[   86.50]");
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

const ROUNDINGS: [Rounding; 6] = [
    Rounding::HalfEven,
    Rounding::HalfAwayFromZero,
    Rounding::TowardZero,
    Rounding::AwayFromZero,
    Rounding::Floor,
    Rounding::Ceiling,
];

#[test]
fn rounds_as_stated() {
    for (text, expected) in [
        ("2.5", ["2", "3", "2", "3", "2", "3"]),
        ("3.5", ["4", "4", "3", "4", "3", "4"]),
        ("-2.5", ["-2", "-3", "-2", "-3", "-3", "-2"]),
        ("2.51", ["3", "3", "2", "3", "2", "3"]),
        ("-2.49", ["-2", "-2", "-2", "-3", "-3", "-2"]),
        ("-0.4", ["0", "0", "0", "-1", "-1", "0"]),
        ("7", ["7"; 6]),
        ("-7.00", ["-7"; 6]),
    ] {
        for (rounding, expected) in ROUNDINGS.into_iter().zip(expected) {
            let rounded = decimal(text).round(0, rounding);
            assert_eq!(rounded.to_string(), expected, "{text} {rounding:?}");
            let divided = decimal(text).checked_div(Decimal::from(1), 0, rounding);
            assert_eq!(divided, Some(rounded), "{text} {rounding:?}");
        }
    }
    let largest = Decimal::new(i64::MAX, 18);
    assert_eq!(largest.round(17, Rounding::AwayFromZero).scale(), 17);
    assert_eq!(
        Decimal::new(i64::MIN, 18).round(0, Rounding::Floor),
        Decimal::from(-10)
    );
    assert_eq!(
        decimal("86.5").round(2, Rounding::Floor).to_string(),
        "86.5"
    );
}

#[test]
fn divides_to_the_places_asked_for() {
    let divide = |a: &str, b: &str, places| {
        let quotient = decimal(a).checked_div(decimal(b), places, Rounding::HalfEven);
        quotient.map(|quotient| quotient.to_string())
    };
    assert_eq!(divide("1", "3", 4).as_deref(), Some("0.3333"));
    assert_eq!(
        divide("-2", "3", 18).as_deref(),
        Some("-0.666666666666666667")
    );
    assert_eq!(divide("100", "0.04", 2).as_deref(), Some("2500.00"));
    assert_eq!(
        divide("0.000000000000000001", "9223372036854775807", 2).as_deref(),
        Some("0.00")
    );
    assert_eq!(
        divide("9223372036854775807", "0.000000000000000001", 0),
        None
    );
    assert_eq!(divide("9223372036854775807", "1", 1), None);
    assert_eq!(divide("-9223372036854775808", "-1", 0), None);
    assert_eq!(divide("1", "0.00", 2), None);
    assert_eq!(divide("1", "3", 19), None);
}

#[test]
fn the_middle_is_exact() {
    for (a, b, mid) in [
        ("86.50", "86.52", "86.51"),
        ("86.5", "86.52", "86.51"),
        ("86.50", "86.51", "86.505"),
        ("-1", "2", "0.5"),
        (
            "9223372036854775807",
            "9223372036854775807",
            "9223372036854775807",
        ),
    ] {
        let found = decimal(a).mid(decimal(b));
        assert_eq!(found.map(|mid| mid.to_string()).as_deref(), Some(mid));
        assert_eq!(found, decimal(b).mid(decimal(a)));
    }
    assert_eq!(Decimal::from(i64::MAX).mid(Decimal::from(0)), None);
}

#[test]
fn averages_prices_by_volume() {
    let fills = [("86.50", "100"), ("86.52", "300"), ("86.6", "1")];
    let fills = fills.map(|(price, volume)| (decimal(price), decimal(volume)));
    let paid = Decimal::weighted_average(fills, 4, Rounding::HalfEven).unwrap();
    assert_eq!(paid.to_string(), "86.5152");
    let prices = fills.map(|(price, _)| price);
    let plain = Decimal::average(prices, 2, Rounding::Ceiling).unwrap();
    assert_eq!(plain.to_string(), "86.54");
    assert_eq!(Decimal::average([], 2, Rounding::HalfEven), None);
    let none = [(decimal("1"), Decimal::ZERO)];
    assert_eq!(Decimal::weighted_average(none, 2, Rounding::HalfEven), None);
}

#[test]
fn tells_percentages() {
    let half_even = Rounding::HalfEven;
    let part = decimal("87.00").percent_of(decimal("348"), 2, half_even);
    assert_eq!(part.unwrap().to_string(), "25.00");
    let change = decimal("77.22").percent_change_from(decimal("87.0"), 3, half_even);
    assert_eq!(change.unwrap().to_string(), "-11.241");
    assert_eq!(
        decimal("1").percent_change_from(Decimal::ZERO, 2, half_even),
        None
    );
}

#[test]
fn changes_places_without_changing_the_value() {
    let with = |text: &str, places| decimal(text).with_places(places).map(|it| it.to_string());
    assert_eq!(with("86.5", 2).as_deref(), Some("86.50"));
    assert_eq!(with("86.500", 1).as_deref(), Some("86.5"));
    assert_eq!(with("86.52", 1), None);
    assert_eq!(with("9223372036854775807", 1), None);
    assert_eq!(with("1", 19), None);
}

#[test]
fn signs_can_be_turned_and_dropped() {
    assert_eq!(decimal("86.50").checked_neg(), Some(decimal("-86.50")));
    assert_eq!(decimal("-86.50").checked_abs(), Some(decimal("86.50")));
    assert_eq!(Decimal::from(i64::MIN).checked_neg(), None);
    assert_eq!(Decimal::from(i64::MIN).checked_abs(), None);
}

#[test]
fn is_small_and_hashes_by_value() {
    assert_eq!(size_of::<Decimal>(), 16);
    let equal =
        std::collections::HashSet::from([decimal("111.0"), decimal("111"), decimal("1.11E2")]);
    assert_eq!(equal.len(), 1);
}

#[test]
fn honours_signs_and_zeros_of_a_format() {
    assert_eq!(format!("{:+}", decimal("86.50")), "+86.50");
    assert_eq!(format!("{:08.1}", decimal("-86.55")), "-00086.6");
    assert_eq!(format!("{:.20}", decimal("0.5")), "0.50000000000000000000");
}

#[cfg(feature = "rust_decimal")]
#[test]
fn converts_to_the_foreign_decimal_and_back_without_a_loss() {
    for text in [
        "0.00",
        "86.50",
        "-0.000000000000000001",
        "9223372036854775807",
        "-9.223372036854775808",
    ] {
        let number = decimal(text);
        let foreign = rust_decimal::Decimal::from(number);
        assert_eq!(foreign.to_string(), text);
        let again = Decimal::try_from(foreign).unwrap();
        assert_eq!(
            (again.mantissa(), again.scale()),
            (number.mantissa(), number.scale())
        );
    }
    let foreign = |text: &str| text.parse::<rust_decimal::Decimal>().unwrap();
    let zeros = Decimal::try_from(foreign("1.50000000000000000000")).unwrap();
    assert_eq!(zeros.to_string(), "1.500000000000000000");
    for text in [
        "9223372036854775808",
        "0.1234567890123456789",
        "79228162514264337593543950335",
    ] {
        assert_eq!(
            Decimal::try_from(foreign(text)),
            Err(DecimalError::OutOfRange)
        );
    }
}
