//! Checks of cards: every field that a kind names is there and of a fitting type.

use std::collections::BTreeSet;

use guanxi_core::host_objects::{host_objects, system_fields};
use guanxi_core::meta::FieldKind;

use super::card::{CardDecl, CardName};
use super::object::FieldType;
use super::validate::Checker;

/// The object whose pages have cards.
const CUSTOMER: &str = "customer";
/// The most steps from a record to its customer.
const MOST_STEPS: usize = 3;

/// The type of a field as far as cards care.
enum Kind {
    Reference(String),
    Date,
    Money,
    Select,
    Other,
}

impl Checker<'_> {
    pub(super) fn cards(&mut self) {
        let mut seen = BTreeSet::new();
        for (index, card) in self.manifest.cards.iter().enumerate() {
            let path = format!("cards[{index}]");
            self.name(&format!("{path}.key"), &card.key, &mut seen);
            self.words(&format!("{path}.label"), &card.label);
            if !self.manifest.owns_object(&card.object) {
                let detail = format!("`{}` is not an object of this plugin", card.object);
                self.report(format!("{path}.object"), detail, "put your own objects on cards");
                continue;
            }
            self.way_to_the_customer(&format!("{path}.through"), card);
            self.card_fields(&path, card);
            if let Some(condition) = &card.condition
                && let Err(problem) = guanxi_core::expr::parse(condition)
            {
                let place = problem.position.map(|at| format!(" at character {at}")).unwrap_or_default();
                self.report(format!("{path}.where"), format!("{}{place}", problem.detail), "see docs/expressions.md");
            }
            if card.measure.is_some() && card.card != CardName::Transactions {
                self.report(format!("{path}.measure"), "only the transaction card has a summary", "remove `measure`");
            }
        }
    }

    fn way_to_the_customer(&mut self, path: &str, card: &CardDecl) {
        let steps: Vec<&str> = card.through.split('.').collect();
        if steps.len() > MOST_STEPS {
            self.report(path, format!("`{}` is too long a way", card.through), format!("use at most {MOST_STEPS} references"));
            return;
        }
        let mut object = card.object.clone();
        for step in steps {
            match self.kind(&object, step) {
                Some(Kind::Reference(target)) => object = target,
                Some(_) => {
                    self.report(path, format!("`{step}` of `{object}` is not a reference"), "name references only, dots between them");
                    return;
                }
                None if self.has_field(&object, step) == Some(false) => {
                    self.report(path, format!("`{object}` has no field `{step}`"), "correct the key or declare the field");
                    return;
                }
                // Fields of another plugin's object are not known here; a way that leads nowhere is left out in the tenant.
                None => return,
            }
        }
        if object != CUSTOMER {
            self.report(path, format!("`{}` leads to `{object}`", card.through), "name a reference to `customer`");
        }
    }

    fn card_fields(&mut self, path: &str, card: &CardDecl) {
        let named =
            [("date", &card.date), ("title", &card.title), ("amount", &card.amount), ("status", &card.status), ("person", &card.person)];
        for (name, field) in named {
            let Some(field) = field else { continue };
            let path = format!("{path}.{name}");
            self.known_field(&path, &card.object, field);
            let Some(kind) = self.kind(&card.object, field) else { continue };
            let (fits, wanted) = match name {
                "date" => (matches!(kind, Kind::Date), "a date or datetime field"),
                "amount" => (matches!(kind, Kind::Money), "a money field"),
                "status" => (matches!(kind, Kind::Select), "a select field"),
                "person" => (matches!(&kind, Kind::Reference(target) if target == "user"), "a reference to `user`"),
                _ => (true, ""),
            };
            if !fits {
                self.report(path, format!("`{field}` does not fit here"), format!("name {wanted}"));
            }
        }
    }

    /// None where the field is not known here.
    fn kind(&self, object: &str, field: &str) -> Option<Kind> {
        if let Some(system) = system_fields(object).iter().find(|system| system.key == field) {
            return Some(kind_of(&system.kind));
        }
        let on_other = self.manifest.fields.iter().find(|own| own.object == object && own.field.key == field).map(|own| &own.field);
        let own = self.manifest.objects.iter().find(|own| own.key == object);
        if let Some(declared) = on_other.or_else(|| own?.fields.iter().find(|declared| declared.key == field)) {
            return Some(match declared.kind {
                FieldType::Reference => Kind::Reference(declared.target.clone().unwrap_or_default()),
                FieldType::Date | FieldType::Datetime => Kind::Date,
                FieldType::Money => Kind::Money,
                FieldType::Select => Kind::Select,
                _ => Kind::Other,
            });
        }
        let host = host_objects().into_iter().find(|host| host.key == object)?;
        host.fields.iter().find(|declared| declared.key == field).map(|declared| kind_of(&declared.kind))
    }
}

fn kind_of(kind: &FieldKind) -> Kind {
    match kind {
        FieldKind::Reference { target } => Kind::Reference(target.clone()),
        FieldKind::Date | FieldKind::DateTime => Kind::Date,
        FieldKind::Money { .. } => Kind::Money,
        FieldKind::Select { .. } => Kind::Select,
        _ => Kind::Other,
    }
}
