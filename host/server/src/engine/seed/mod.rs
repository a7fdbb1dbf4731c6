//! Sample records of the host's own objects: what makes `dev` look alive. The same seed makes the same records; dates lie around today.

mod data;

use std::collections::HashMap;

use chrono::{NaiveTime, TimeDelta, TimeZone};
use guanxi_core::Value;
use serde_json::Value as Json;
use uuid::Uuid;

use self::data::{
    ACTIVITIES, CHINESE_NAMES, CHINESE_POSITIONS, COMPANIES, DEPARTMENTS, ENGLISH_NAMES, ENGLISH_POSITIONS, NOTES, PEOPLE, PERSONS,
};
use super::{Change, Ctx, Engine, NewUser, Outcome, Raw, Refusal, SaveOptions};

/// Says that the samples were made, so that a second start makes no second set.
const DONE: &str = "sampled.host";
/// Activities of the sample tenant.
const ACTIVITY_COUNT: usize = 96;

impl Engine {
    /// Makes the host's sample records, once in a tenant's life. All sample users log in with `password`.
    pub async fn load_host_sample(&self, ctx: &Ctx, seed: u64, password: &str) -> Outcome<()> {
        if ctx.tenant.store.find_setting(DONE).await?.is_some() {
            return Ok(());
        }
        self.sample_departments(ctx).await?;
        let mut owners = Vec::new();
        for person in PEOPLE {
            let id = self.sample_person(ctx, person, password).await?;
            if !person.leads {
                owners.push(id);
            }
        }
        let ctx = self.system_ctx(ctx.tenant.clone()).await?;
        let mut dice = Dice(seed);
        let customers = self.sample_customers(&ctx, &mut dice, &owners).await?;
        // One unit, so that an interrupted start leaves either all of them or none.
        let mut changes = contacts(&mut dice, &customers);
        changes.extend(activities(&ctx, &mut dice, &customers));
        self.save_all(&ctx, changes).await?;
        Ok(ctx.tenant.store.put_setting(DONE, &Json::Bool(true)).await?)
    }

    async fn sample_departments(&self, ctx: &Ctx) -> Outcome<()> {
        let mut known: HashMap<&str, Uuid> = HashMap::new();
        for (name, parent) in DEPARTMENTS {
            let id = match self.system_lookup(ctx, "department", "name", name).await? {
                Some(id) => id,
                None => {
                    let parent = parent.and_then(|parent| known.get(parent)).map_or(Value::Null, |id| Value::Ref(*id));
                    let fields = vec![text("name", name), value("parent", parent)];
                    self.save_one(ctx, Change::Create { object: "department".into(), fields }).await?
                }
            };
            known.insert(name, id);
        }
        Ok(())
    }

    async fn sample_person(&self, ctx: &Ctx, person: &data::Person, password: &str) -> Outcome<Uuid> {
        if let Some(id) = self.user_by_email(ctx, person.email).await? {
            return Ok(id);
        }
        let user = NewUser {
            email: person.email.into(),
            name: person.name.into(),
            department: Some(person.department.into()),
            roles: person.roles.iter().map(|role| (*role).to_owned()).collect(),
            password: Some(password.into()),
        };
        let id = self.create_user(ctx, user).await?;
        if let Some(manager) = person.manager
            && let Some(manager) = self.user_by_email(ctx, manager).await?
        {
            let fields = vec![value("manager", Value::Ref(manager))];
            self.save_one(ctx, Change::Update { object: "user".into(), id, expect: None, fields }).await?;
        }
        if person.leads
            && let Some(department) = self.system_lookup(ctx, "department", "name", person.department).await?
        {
            let fields = vec![value("manager", Value::Ref(id))];
            self.save_one(ctx, Change::Update { object: "department".into(), id: department, expect: None, fields }).await?;
        }
        Ok(id)
    }

    /// Customers that are there already (an earlier start was interrupted) are found by their code.
    async fn sample_customers(&self, ctx: &Ctx, dice: &mut Dice, owners: &[Uuid]) -> Outcome<Vec<Customer>> {
        let mut customers = Vec::new();
        for (index, company) in COMPANIES.iter().enumerate() {
            let data::Company(name, address, industry, region, domain, owner) = company;
            let code = format!("C{:04}", index + 1);
            let owner = owners.get(*owner).copied();
            // Regions at home are written in Chinese.
            let chinese = !region.is_ascii();
            let phone = if chinese {
                format!("0{}-{:08}", dice.among(&["21", "571", "10", "755"]), 60_000_000 + dice.below(9_999_999))
            } else {
                format!("+44 20 7946 {:04}", dice.below(10_000))
            };
            let fields = vec![
                text("name", name),
                text("kind", "organization"),
                text("code", &code),
                text("phone", &phone),
                text("email", &format!("info@{domain}.example")),
                text("address", address),
                text("industry", industry),
                text("region", region),
                value("owner", owner.map_or(Value::Null, Value::Ref)),
            ];
            let id = match self.system_lookup(ctx, "customer", "code", &code).await? {
                Some(id) => id,
                None => self.save_one(ctx, Change::Create { object: "customer".into(), fields }).await?,
            };
            customers.push(Customer { id, name, domain: Some(domain), chinese, owner });
        }
        for (index, (name, address, owner)) in PERSONS.iter().enumerate() {
            let code = format!("P{:04}", index + 1);
            let owner = owners.get(*owner).copied();
            let fields = vec![
                text("name", name),
                text("kind", "person"),
                text("code", &code),
                text("phone", &format!("138{:08}", dice.below(100_000_000))),
                text("address", address),
                value("owner", owner.map_or(Value::Null, Value::Ref)),
            ];
            let id = match self.system_lookup(ctx, "customer", "code", &code).await? {
                Some(id) => id,
                None => self.save_one(ctx, Change::Create { object: "customer".into(), fields }).await?,
            };
            customers.push(Customer { id, name, domain: None, chinese: !name.is_ascii(), owner });
        }
        Ok(customers)
    }

    async fn save_one(&self, ctx: &Ctx, change: Change) -> Outcome<Uuid> {
        let ids = self.save_all(ctx, vec![change]).await?;
        ids.into_iter().next().ok_or_else(|| Refusal::internal(&"a save without an outcome"))
    }

    async fn save_all(&self, ctx: &Ctx, changes: Vec<Change>) -> Outcome<Vec<Uuid>> {
        self.save(ctx, changes, SaveOptions::default()).await?.into_iter().map(|outcome| outcome.map(|saved| saved.id)).collect()
    }
}

struct Customer {
    id: Uuid,
    name: &'static str,
    domain: Option<&'static str>,
    chinese: bool,
    owner: Option<Uuid>,
}

/// One or two contacts of each company.
fn contacts(dice: &mut Dice, customers: &[Customer]) -> Vec<Change> {
    let (mut chinese, mut english) = (0, 0);
    let mut changes = Vec::new();
    for customer in customers {
        let Some(domain) = customer.domain else { continue };
        for _ in 0..1 + dice.below(2) {
            let (name, position, phone) = if customer.chinese {
                chinese += 1;
                (
                    CHINESE_NAMES[(chinese - 1) % CHINESE_NAMES.len()],
                    dice.among(CHINESE_POSITIONS),
                    format!("139{:08}", dice.below(100_000_000)),
                )
            } else {
                english += 1;
                (
                    ENGLISH_NAMES[(english - 1) % ENGLISH_NAMES.len()],
                    dice.among(ENGLISH_POSITIONS),
                    format!("+1 202 555 {:04}", dice.below(10_000)),
                )
            };
            let mailbox =
                if customer.chinese { format!("contact{chinese}") } else { name.to_lowercase().replace('\'', "").replace(' ', ".") };
            let fields = vec![
                text("name", name),
                value("customer", Value::Ref(customer.id)),
                text("position", position),
                text("phone", &phone),
                text("email", &format!("{mailbox}@{domain}.example")),
                value("owner", customer.owner.map_or(Value::Null, Value::Ref)),
            ];
            changes.push(Change::Create { object: "contact".into(), fields });
        }
    }
    changes
}

/// Activities of the last two months and the next two weeks, in office hours.
fn activities(ctx: &Ctx, dice: &mut Dice, customers: &[Customer]) -> Vec<Change> {
    let mut changes = Vec::new();
    for _ in 0..ACTIVITY_COUNT {
        let customer = &customers[dice.below(customers.len() as u64) as usize];
        let (kind, chinese, english, minutes) = ACTIVITIES[dice.below(ACTIVITIES.len() as u64) as usize];
        let subject = if customer.chinese { format!("{chinese}：{}", customer.name) } else { format!("{english}: {}", customer.name) };
        let day = ctx.today() + TimeDelta::days(14 - dice.below(75) as i64);
        let time = NaiveTime::from_hms_opt(9 + dice.below(8) as u32, 15 * dice.below(4) as u32, 0).unwrap_or_default();
        let Some(starts) = ctx.tenant.zone.from_local_datetime(&day.and_time(time)).earliest() else { continue };
        let fields = vec![
            text("subject", &subject),
            text("kind", kind),
            value("customer", Value::Ref(customer.id)),
            value("starts_at", Value::Instant(starts.to_utc())),
            value("ends_at", Value::Instant((starts + TimeDelta::minutes(minutes)).to_utc())),
            text("notes", dice.among(NOTES)),
            value("owner", customer.owner.map_or(Value::Null, Value::Ref)),
        ];
        changes.push(Change::Create { object: "activity".into(), fields });
    }
    changes
}

fn text(key: &str, text: &str) -> (String, Raw) {
    (key.to_owned(), Raw::Text(text.to_owned()))
}

fn value(key: &str, value: Value) -> (String, Raw) {
    (key.to_owned(), Raw::Value(value))
}

/// Numbers that look random and are the same for the same seed (the splitmix64 sequence).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `limit` - 1. The tiny bias of a remainder does not matter for samples.
    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    fn among<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let roll = |seed| {
            let mut dice = Dice(seed);
            (0..5).map(|_| dice.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(roll(1), roll(1));
        assert_ne!(roll(1), roll(2));
    }

    #[test]
    fn the_people_and_companies_fit_together() {
        let department = |name: &str| DEPARTMENTS.iter().any(|(known, _)| *known == name);
        let sellers = PEOPLE.iter().filter(|person| !person.leads).count();
        for person in PEOPLE {
            assert!(department(person.department), "{}", person.email);
            assert!(person.manager.is_none_or(|manager| PEOPLE.iter().any(|other| other.email == manager)), "{}", person.email);
        }
        assert!(COMPANIES.len() + PERSONS.len() >= 40);
        assert!(COMPANIES.iter().all(|company| company.5 < sellers) && PERSONS.iter().all(|person| person.2 < sellers));
        let mut names: Vec<&str> = COMPANIES.iter().map(|company| company.0).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COMPANIES.len());
    }
}
