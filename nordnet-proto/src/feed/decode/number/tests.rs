//! Numbers against the decimal, which reads them digit by digit.

use super::*;

fn read(text: &str, rest: &str) -> Option<(i64, u8, u8, u32)> {
    let line = format!("{text}{rest}       ");
    let scanner = Scanner::new(line.as_bytes()).unwrap();
    let number = Number::read(&scanner, 0)?;
    Some((number.mantissa, number.scale, number.next, number.after))
}

#[test]
fn gives_what_the_decimal_gives() {
    let digits = [
        "0",
        "7",
        "10",
        "05",
        "132",
        "1234567",
        "12345678",
        "123456789",
        "1764000000000",
        "12345678901234567",
        "123456789012345678",
        "1234567890123456789",
        "9223372036854775807",
        "9223372036854775808",
        "00",
    ];
    let fractions = [
        "",
        ".",
        ".0",
        ".5",
        ".55",
        ".0005",
        ".123456",
        ".1234567",
        ".12345678",
        ".30000000000000004",
        ".000000000000000001",
        ".1000000000000000000000000",
    ];
    let exponents = [
        "",
        "e",
        "E7",
        "E-4",
        "e+3",
        "E18",
        "E-18",
        "e400",
        "e-400",
        "E00007",
        "e99999999999",
    ];
    for sign in ["", "-"] {
        for whole in digits {
            for fraction in fractions {
                for exponent in exponents {
                    let text = format!("{sign}{whole}{fraction}{exponent}");
                    let wanted = Decimal::from_ascii(text.as_bytes()).ok();
                    for rest in [",\"bid\":1", "}}", " ,", ""] {
                        let Some((mantissa, scale, next, after)) = read(&text, rest) else {
                            continue;
                        };
                        if after as usize != text.len() {
                            assert!(!matches!(next, b',' | b'}' | b' '), "{text}");
                            continue;
                        }
                        let wanted = wanted.unwrap_or_else(|| panic!("{text} is read"));
                        assert_eq!(
                            (mantissa, scale),
                            (wanted.mantissa(), wanted.scale()),
                            "{text}"
                        );
                        assert_eq!(next, format!("{rest} ").as_bytes()[0]);
                    }
                }
            }
        }
    }
}

/// Nothing that a market sends is left to a slower tier.
#[test]
fn reads_all_usual_numbers() {
    for text in [
        "0",
        "0.0",
        "132.55",
        "-1.5",
        "1764000000000",
        "20684511.5",
        "2.06845115E7",
        "2.0E7",
        "5.0E-4",
        "1.0E10",
        "-0.0",
        "84.56123456789012",
        "0.30000000000000004",
        "100000000",
    ] {
        assert!(read(text, ",").is_some(), "{text}");
    }
}
