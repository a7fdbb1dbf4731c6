//! How computed fields stand in the store's metadata.

use guanxi_core::meta::{Computed, RollUp};
use guanxi_core::query::MeasureFn;
use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::error::inconsistent;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ComputedSpec {
    Formula(String),
    Sequence(String),
    RollUp {
        object: String,
        reference: String,
        function: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        condition: Option<String>,
    },
}

impl From<&Computed> for ComputedSpec {
    fn from(computed: &Computed) -> Self {
        match computed {
            Computed::Formula { expression } => Self::Formula(expression.clone()),
            Computed::Sequence { format } => Self::Sequence(format.clone()),
            Computed::RollUp(roll_up) => Self::RollUp {
                object: roll_up.object.clone(),
                reference: roll_up.reference.clone(),
                function: roll_up.function.name().to_owned(),
                field: roll_up.field.clone(),
                condition: roll_up.condition.clone(),
            },
        }
    }
}

impl ComputedSpec {
    pub(super) fn into_computed(self) -> Result<Computed, StoreError> {
        Ok(match self {
            Self::Formula(expression) => Computed::Formula { expression },
            Self::Sequence(format) => Computed::Sequence { format },
            Self::RollUp { object, reference, function, field, condition } => {
                let function = MeasureFn::parse(&function).ok_or_else(|| inconsistent(format!("`{function}` is no roll-up")))?;
                Computed::RollUp(RollUp { object, reference, function, field, condition })
            }
        })
    }
}
