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
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    assert_eq!(decimal("111.0"), decimal("111"));
    assert!(decimal("86.5") < decimal("86.52"));
    assert!(decimal("-2") < decimal("-1.99"));
    assert!(decimal("9223372036854775807") > decimal("0.000000000000000001"));
}

#[test]
fn adds_subtracts_multiplies_or_says_no() {
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
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
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
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
