//! Units of measure. How quantities are converted is in [`crate::unit`]; who may change units is decided in [`crate::policy`].

use super::{HostObject, field, indexed, reference, title};
use crate::meta::{Conditions, Field, FieldKind, Label};

pub(super) fn unit() -> HostObject {
    let fields = vec![
        Field { unique: true, ..title("name", "名称", "Name") },
        Field { unique: true, indexed: true, ..field("symbol", "符号", "Symbol", FieldKind::Text { max: 20 }) },
        indexed(field("base", "换算为", "Converts to", reference("unit"))),
        Field {
            help: Some(Label::new("一个本单位等于多少个换算单位", "How many of the other unit one of this unit is")),
            conditions: Conditions { require: Some("base != null".into()), ..Conditions::default() },
            ..field("factor", "换算系数", "Factor", FieldKind::Decimal { scale: 8 })
        },
    ];
    HostObject::new("unit", Label::new("计量单位", "Unit of measure"), "tag", "name", fields)
}
