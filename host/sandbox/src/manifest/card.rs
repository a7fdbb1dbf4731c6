//! Kinds of records on the cards of a customer: what a plugin says so that its records stand among everybody else's.

use serde::{Deserialize, Serialize};

use super::Words;

/// The two cards of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardName {
    /// Every contact with the customer.
    Contacts,
    /// Every dealing with the customer.
    Transactions,
}

impl CardName {
    /// Both, in the order of the page.
    pub const ALL: [Self; 2] = [Self::Contacts, Self::Transactions];

    /// The name in manifests and addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Transactions => "transactions",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|card| card.name() == name)
    }
}

/// What the amounts of a kind are in the summary of the transaction card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardMeasure {
    /// What was dealt: the sum is the customer's volume, its months make frequency and trend.
    Volume,
    /// What was paid.
    Payment,
}

impl CardMeasure {
    /// The name in manifests and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Volume => "volume",
            Self::Payment => "payment",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Volume, Self::Payment].into_iter().find(|measure| measure.name() == name)
    }
}

/// Records of one object, or a part of them, as one kind on a card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardDecl {
    /// On which card.
    pub card: CardName,
    /// Names the kind; in answers the plugin's id and a dot stand before it.
    pub key: String,
    /// An object of the plugin.
    pub object: String,
    /// The way to the customer: a reference to it, or a path over references (`order.customer`).
    pub through: String,
    /// What one of these is called on the card.
    pub label: Words,
    /// Name of an icon of the sprite; the object's if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// The date or instant by which it is sorted; where it is empty, and if it is left out, when the record was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// What names a row; the object's title if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A money field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// A select field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// A reference to a user; the owner if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// A CEL condition: only records for which it holds are of this kind.
    #[serde(rename = "where", default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// What the amounts are in the summary; only on the transaction card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<CardMeasure>,
}
