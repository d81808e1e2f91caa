//! What the search finds beside instruments and news.

use super::super::texts::Text;

/// A page of the content system, or a post of the blog.
pub(super) struct Page {
    pub(super) title: Text,
    pub(super) uri: &'static str,
    pub(super) is_blog: bool,
}

#[rustfmt::skip]
pub(super) const PAGES: [Page; 5] = [
    Page { title: ["Så fungerar ISK", "How an ISK works"], uri: "/konton/isk", is_blog: false },
    Page { title: ["Courtage och avgifter", "Brokerage and fees"], uri: "/priser/courtage", is_blog: false },
    Page { title: ["Handla Ericsson med hävstång", "Trade Ericsson with leverage"], uri: "/certifikat/ericsson", is_blog: false },
    Page { title: ["Ericsson är månadens mest köpta", "Ericsson is the most bought of the month"], uri: "https://blogg.example/mest-kopta", is_blog: true },
    Page { title: ["Därför sparar allt fler i ISK", "Why more and more save in an ISK"], uri: "https://blogg.example/isk", is_blog: true },
];

/// Somebody on Shareville.
pub(super) struct Profile {
    pub(super) username: &'static str,
    pub(super) country: &'static str,
    pub(super) joined_at: i64,
    pub(super) rating: &'static str,
}

#[rustfmt::skip]
pub(super) const PROFILES: [Profile; 3] = [
    Profile { username: "aktiekalle", country: "SE", joined_at: 1_620_129_600_000, rating: "4" },
    Profile { username: "ericsson_anna", country: "SE", joined_at: 1_571_000_400_000, rating: "5" },
    Profile { username: "nordlys", country: "NO", joined_at: 1_689_588_000_000, rating: "3" },
];
