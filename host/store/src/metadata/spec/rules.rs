//! How the declared rules of an object stand in the store's metadata.

use guanxi_core::Decimal;
use guanxi_core::decimal::MAX_SCALE;
use guanxi_core::meta::{AdjustedField, Adjustment, Guard, Index, Limit, NoOverlap, Rules, StateMachine, Transition, Validation};
use guanxi_core::problem::Severity;
use serde::{Deserialize, Serialize};

use super::LabelSpec;
use crate::StoreError;
use crate::error::inconsistent;

#[derive(Default, Serialize, Deserialize)]
pub(super) struct RulesSpec {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    validations: Vec<ValidationSpec>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    machine: Option<MachineSpec>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    no_overlaps: Vec<NoOverlapSpec>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    limits: Vec<LimitSpec>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    adjustments: Vec<AdjustmentSpec>,
    /// The fields of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    indexes: Vec<Vec<String>>,
}

#[derive(Serialize, Deserialize)]
struct ValidationSpec {
    key: String,
    condition: String,
    message: LabelSpec,
    field: Option<String>,
    severity: SeveritySpec,
    code: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SeveritySpec {
    Error,
    Confirm,
    Info,
}

#[derive(Serialize, Deserialize)]
struct MachineSpec {
    field: String,
    transitions: Vec<TransitionSpec>,
}

#[derive(Serialize, Deserialize)]
struct TransitionSpec {
    action: String,
    label: LabelSpec,
    from: Vec<String>,
    to: String,
    guard: Option<GuardSpec>,
    roles: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct GuardSpec {
    condition: String,
    code: String,
    message: LabelSpec,
}

#[derive(Serialize, Deserialize)]
struct NoOverlapSpec {
    key: String,
    fields: Vec<String>,
    from: String,
    to: String,
    condition: Option<String>,
    code: String,
    message: LabelSpec,
}

#[derive(Serialize, Deserialize)]
struct LimitSpec {
    key: String,
    fields: Vec<String>,
    sum: Option<String>,
    at_most: String,
    condition: Option<String>,
    code: String,
    message: LabelSpec,
}

#[derive(Serialize, Deserialize)]
struct AdjustmentSpec {
    key: String,
    label: LabelSpec,
    /// Field and whether the amount is taken away.
    fields: Vec<(String, bool)>,
    guard: Option<GuardSpec>,
}

impl From<&Guard> for GuardSpec {
    fn from(guard: &Guard) -> Self {
        Self { condition: guard.condition.clone(), code: guard.code.clone(), message: (&guard.message).into() }
    }
}

impl From<GuardSpec> for Guard {
    fn from(spec: GuardSpec) -> Self {
        Self { condition: spec.condition, code: spec.code, message: spec.message.into() }
    }
}

impl From<&Rules> for RulesSpec {
    fn from(rules: &Rules) -> Self {
        let validation = |v: &Validation| ValidationSpec {
            key: v.key.clone(),
            condition: v.condition.clone(),
            message: (&v.message).into(),
            field: v.field.clone(),
            severity: match v.severity {
                Severity::Error => SeveritySpec::Error,
                Severity::Confirm => SeveritySpec::Confirm,
                Severity::Info => SeveritySpec::Info,
            },
            code: v.code.clone(),
        };
        let transition = |t: &Transition| TransitionSpec {
            action: t.action.clone(),
            label: (&t.label).into(),
            from: t.from.clone(),
            to: t.to.clone(),
            guard: t.guard.as_ref().map(GuardSpec::from),
            roles: t.roles.clone(),
        };
        let machine =
            |m: &StateMachine| MachineSpec { field: m.field.clone(), transitions: m.transitions.iter().map(transition).collect() };
        let no_overlap = |n: &NoOverlap| NoOverlapSpec {
            key: n.key.clone(),
            fields: n.fields.clone(),
            from: n.from.clone(),
            to: n.to.clone(),
            condition: n.condition.clone(),
            code: n.code.clone(),
            message: (&n.message).into(),
        };
        let limit = |l: &Limit| LimitSpec {
            key: l.key.clone(),
            fields: l.fields.clone(),
            sum: l.sum.clone(),
            at_most: l.at_most.to_string(),
            condition: l.condition.clone(),
            code: l.code.clone(),
            message: (&l.message).into(),
        };
        let adjustment = |a: &Adjustment| AdjustmentSpec {
            key: a.key.clone(),
            label: (&a.label).into(),
            fields: a.fields.iter().map(|f| (f.field.clone(), f.subtract)).collect(),
            guard: a.guard.as_ref().map(GuardSpec::from),
        };
        Self {
            validations: rules.validations.iter().map(validation).collect(),
            machine: rules.machine.as_ref().map(machine),
            no_overlaps: rules.no_overlaps.iter().map(no_overlap).collect(),
            limits: rules.limits.iter().map(limit).collect(),
            adjustments: rules.adjustments.iter().map(adjustment).collect(),
            indexes: rules.indexes.iter().map(|index| index.fields.clone()).collect(),
        }
    }
}

impl RulesSpec {
    pub(super) fn is_empty(&self) -> bool {
        self.validations.is_empty()
            && self.machine.is_none()
            && self.no_overlaps.is_empty()
            && self.limits.is_empty()
            && self.adjustments.is_empty()
            && self.indexes.is_empty()
    }

    pub(super) fn into_rules(self) -> Result<Rules, StoreError> {
        let validation = |v: ValidationSpec| Validation {
            key: v.key,
            condition: v.condition,
            message: v.message.into(),
            field: v.field,
            severity: match v.severity {
                SeveritySpec::Error => Severity::Error,
                SeveritySpec::Confirm => Severity::Confirm,
                SeveritySpec::Info => Severity::Info,
            },
            code: v.code,
        };
        let transition = |t: TransitionSpec| Transition {
            action: t.action,
            label: t.label.into(),
            from: t.from,
            to: t.to,
            guard: t.guard.map(Guard::from),
            roles: t.roles,
        };
        let no_overlap = |n: NoOverlapSpec| NoOverlap {
            key: n.key,
            fields: n.fields,
            from: n.from,
            to: n.to,
            condition: n.condition,
            code: n.code,
            message: n.message.into(),
        };
        let adjustment = |a: AdjustmentSpec| Adjustment {
            key: a.key,
            label: a.label.into(),
            fields: a.fields.into_iter().map(|(field, subtract)| AdjustedField { field, subtract }).collect(),
            guard: a.guard.map(Guard::from),
        };
        Ok(Rules {
            validations: self.validations.into_iter().map(validation).collect(),
            machine: self
                .machine
                .map(|m| StateMachine { field: m.field, transitions: m.transitions.into_iter().map(transition).collect() }),
            no_overlaps: self.no_overlaps.into_iter().map(no_overlap).collect(),
            limits: self.limits.into_iter().map(read_limit).collect::<Result<_, _>>()?,
            adjustments: self.adjustments.into_iter().map(adjustment).collect(),
            indexes: self.indexes.into_iter().map(|fields| Index { fields }).collect(),
        })
    }
}

fn read_limit(spec: LimitSpec) -> Result<Limit, StoreError> {
    let digits = spec.at_most.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let scale = u8::try_from(digits).unwrap_or(u8::MAX).min(MAX_SCALE);
    let at_most = Decimal::parse(&spec.at_most, scale).map_err(|_| inconsistent(format!("the bound of `{}` is no number", spec.key)))?;
    Ok(Limit {
        key: spec.key,
        fields: spec.fields,
        sum: spec.sum,
        at_most,
        condition: spec.condition,
        code: spec.code,
        message: spec.message.into(),
    })
}
