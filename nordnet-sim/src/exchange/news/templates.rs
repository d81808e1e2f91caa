//! What there is to report, in the languages of the sources.

use super::super::texts::Text;

/// The same in Swedish, Norwegian, Danish, Finnish and English.
type Languages = [&'static str; 5];

/// A kind of article. `{}` stands for the name of what it is about.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) news_type: &'static str,
    pub(super) type_name: Text,
    pub(super) version: i64,
    headline: Languages,
    /// Empty for an item that is its headline.
    text: Languages,
}

impl Template {
    pub(super) fn headline(&self, language: &str) -> &'static str {
        self.headline[place(language)]
    }

    pub(super) fn is_about_a_share(&self) -> bool {
        self.headline[0].contains("{}")
    }

    /// Returns the text, with the name in bold.
    pub(super) fn body(&self, language: &str) -> Option<&'static str> {
        Some(self.text[place(language)]).filter(|text| !text.is_empty())
    }

    /// Returns the last sentence of the text.
    pub(super) fn summary(&self, language: &str) -> Option<&'static str> {
        let (_, last) = self.body(language)?.rsplit_once("\n\n")?;
        Some(last)
    }
}

/// Returns one for an article that is nothing but its headline.
pub(super) fn bare() -> &'static Template {
    let mut templates = TEMPLATES.iter();
    let bare = templates.find(|one| one.text.iter().all(|text| text.is_empty()));
    bare.unwrap_or(&TEMPLATES[0])
}

fn place(language: &str) -> usize {
    let languages = ["sv", "no", "da", "fi"];
    languages
        .iter()
        .position(|one| *one == language)
        .unwrap_or(languages.len())
}

const RELEASE: Text = ["Pressmeddelande", "Press release"];

pub(super) static TEMPLATES: [Template; 6] = [
    Template {
        news_type: "PRESS_RELEASE",
        type_name: RELEASE,
        version: 1,
        headline: [
            "{} höjer utdelningen",
            "{} øker utbyttet",
            "{} hæver udbyttet",
            "{} nostaa osinkoa",
            "{} raises its dividend",
        ],
        text: [
            "Styrelsen för **{}** föreslår en högre utdelning.\n\nStämman beslutar i vår.",
            "Styret i **{}** foreslår et høyere utbytte.\n\nGeneralforsamlingen beslutter i vår.",
            "Bestyrelsen i **{}** foreslår et højere udbytte.\n\nGeneralforsamlingen beslutter til foråret.",
            "**{}** ehdottaa korkeampaa osinkoa.\n\nYhtiökokous päättää keväällä.",
            "The board of **{}** proposes a higher dividend.\n\nThe annual meeting decides in spring.",
        ],
    },
    Template {
        news_type: "PRESS_RELEASE",
        type_name: RELEASE,
        version: 2,
        headline: [
            "{} tecknar nytt ramavtal",
            "{} inngår ny rammeavtale",
            "{} indgår ny rammeaftale",
            "{} solmi uuden puitesopimuksen",
            "{} signs a new framework agreement",
        ],
        text: [
            "**{}** har tecknat ett nytt ramavtal.\n\nAvtalet löper i fem år.",
            "**{}** har inngått en ny rammeavtale.\n\nAvtalen løper i fem år.",
            "**{}** har indgået en ny rammeaftale.\n\nAftalen løber i fem år.",
            "**{}** on solminut uuden puitesopimuksen.\n\nSopimus on voimassa viisi vuotta.",
            "**{}** has signed a new framework agreement.\n\nThe agreement runs for five years.",
        ],
    },
    Template {
        news_type: "NEWS",
        type_name: ["Nyhet", "News"],
        version: 1,
        headline: [
            "{} presenterar delårsrapport",
            "{} legger frem kvartalsrapport",
            "{} fremlægger kvartalsrapport",
            "{} julkisti osavuosikatsauksen",
            "{} publishes its interim report",
        ],
        text: [
            "{} ökar försäljningen.\n\nResultatet är i linje med väntat.",
            "{} øker salget.\n\nResultatet er som ventet.",
            "{} øger salget.\n\nResultatet er som ventet.",
            "{} kasvatti myyntiään.\n\nTulos vastasi odotuksia.",
            "{} increases its sales.\n\nThe result is in line with expectations.",
        ],
    },
    Template {
        news_type: "MARKET_COMMENTARY",
        type_name: ["Marknadskommentar", "Market commentary"],
        version: 1,
        headline: [
            "Börsen avvaktar",
            "Børsen avventer",
            "Børsen afventer",
            "Pörssi odottaa",
            "Shares tread water",
        ],
        text: [
            "{} rör sig knappt.\n\nOmsättningen är låg.",
            "{} beveger seg knapt.\n\nOmsetningen er lav.",
            "{} bevæger sig næppe.\n\nOmsætningen er lav.",
            "{} liikkuu tuskin lainkaan.\n\nVaihto on vähäistä.",
            "{} hardly moves.\n\nTurnover is low.",
        ],
    },
    Template {
        news_type: "ANALYSIS",
        type_name: ["Analys", "Analysis"],
        version: 1,
        headline: [
            "Analys: {} är värd mer",
            "Analyse: {} er verdt mer",
            "Analyse: {} er mere værd",
            "Analyysi: {} on arvokkaampi",
            "Analysis: {} is worth more",
        ],
        text: [
            "Riktkursen för **{}** höjs.\n\nRekommendationen är köp.",
            "Kursmålet for **{}** heves.\n\nAnbefalingen er kjøp.",
            "Kursmålet for **{}** hæves.\n\nAnbefalingen er køb.",
            "**{}**: tavoitehinta nousee.\n\nSuositus on osta.",
            "The target price of **{}** is raised.\n\nThe recommendation is buy.",
        ],
    },
    Template {
        news_type: "TRADING_EVENT",
        type_name: ["Handelshändelse", "Trading event"],
        version: 1,
        headline: [
            "Flaggning i {}",
            "Flagging i {}",
            "Storaktionærmeddelelse i {}",
            "Liputusilmoitus: {}",
            "Change in a major holding in {}",
        ],
        text: [""; 5],
    },
];
