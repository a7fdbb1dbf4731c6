//! The department tree, read once per snapshot: data rights need all of it, and it is small.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_core::Value;
use guanxi_core::expr::resolve_path;
use guanxi_core::meta::Schema;
use guanxi_core::policy::RowScope;
use guanxi_core::query::Query;
use uuid::Uuid;

use super::{Engine, Outcome, Tenant};

/// Rows per read.
const PAGE: u32 = 1000;

/// Departments with their parents, and departments with their managers.
pub(super) type DepartmentTree = (Vec<(Uuid, Option<Uuid>)>, Vec<(Uuid, Uuid)>);

impl Engine {
    pub(super) async fn departments(&self, tenant: &Arc<Tenant>, schema: &Schema) -> Outcome<DepartmentTree> {
        let Some(object) = schema.object("department") else { return Ok(DepartmentTree::default()) };
        // A field that cannot be resolved must not keep the tenant from loading: then there is no tree, and nobody sees more by it.
        let fields = ["parent", "manager"].iter().map(|key| resolve_path(key, schema, object)).collect::<Result<Vec<_>, _>>();
        let Ok(fields) = fields else { return Ok(DepartmentTree::default()) };
        let mut query = Query {
            object: object.key.clone(),
            filter: None,
            fields,
            sort: Vec::new(),
            limit: PAGE,
            after: None,
            scopes: HashMap::from([(object.key.clone(), RowScope::All)]),
        };
        let (mut tree, mut managers) = (Vec::new(), Vec::new());
        loop {
            let found = tenant.store.find(schema, &query).await?;
            for row in &found.rows {
                tree.push((row.id, row.values.first().and_then(Value::as_ref_id)));
                managers.extend(row.values.get(1).and_then(Value::as_ref_id).map(|manager| (row.id, manager)));
            }
            match found.rows.last() {
                Some(last) if found.more => query.after = Some(last.position.clone()),
                _ => break,
            }
        }
        managers.extend(tenant.store.department_managers().await?.into_iter().filter(|(id, _)| tree.iter().any(|(known, _)| known == id)));
        Ok((tree, managers))
    }
}
