//! Lists of people for those who manage them: a page at a time, with roles and groups, in three statements.

use std::collections::HashMap;

use carrel_ids::{GroupId, RoleId, UserId};
use uuid::Uuid;

use super::{
    HeldRole, Store, StoreError, Timestamp, TokenDetails, UserRow,
    connect::on_db,
    users::{UserColumns, user_columns},
};
use crate::authz::{ManageUsers, PersonAccess, SystemAccess};

/// Which people.
#[derive(Debug, Default)]
pub struct PeopleFilter {
    /// One person.
    pub user: Option<UserId>,
    /// `active`, `disabled` or `deleted`; empty for those who are not deleted.
    pub state: String,
    /// A pattern of LIKE with `\` as escape, in small letters.
    pub pattern: String,
    /// The name key after which the page begins.
    pub after: String,
}

impl PeopleFilter {
    /// One person, in whatever state.
    #[must_use]
    pub fn only(user: UserId) -> Self {
        Self { user: Some(user), state: "any".to_owned(), pattern: "%".to_owned(), after: String::new() }
    }
}

/// A person as those see them who manage people.
#[derive(Debug)]
pub struct PersonRow {
    pub user: UserRow,
    pub name_key: String,
    pub created_at: Timestamp,
    pub deleted: bool,
    pub last_seen_at: Option<Timestamp>,
    pub has_passkey: bool,
    pub has_totp: bool,
    pub roles: Vec<HeldRole>,
    pub groups: Vec<(GroupId, String)>,
}

#[derive(sqlx::FromRow)]
struct PersonColumns {
    #[sqlx(flatten)]
    user: UserColumns,
    name_key: String,
    created_at: Timestamp,
    deleted_at: Option<Timestamp>,
    session_seen_at: Option<Timestamp>,
    token_used_at: Option<Timestamp>,
    has_passkey: bool,
    has_totp: bool,
}

#[derive(sqlx::FromRow)]
struct RoleOfColumns {
    user_id: Uuid,
    id: Uuid,
    code: Option<String>,
    name: String,
    expires_at: Option<Timestamp>,
}

/// `$2` one person or none, `$3` state, `$4` pattern, `$5` where the page begins, `$6` how many.
macro_rules! page_of_people {
    () => {
        " ($2 IS NULL OR u.id = $2)
          AND ($3 = 'any' OR ($3 = '' AND u.deleted_at IS NULL)
               OR $3 = CASE WHEN u.deleted_at IS NOT NULL THEN 'deleted' ELSE u.state END)
          AND u.search_key LIKE $4 ESCAPE '\\' AND u.name_key > $5
          ORDER BY u.name_key LIMIT $6"
    };
}

impl Store {
    /// A page of people by name.
    pub(crate) async fn people(
        &self,
        _: &SystemAccess<ManageUsers>,
        filter: &PeopleFilter,
        limit: i64,
    ) -> Result<Vec<PersonRow>, StoreError> {
        self.page_of_people(filter, limit).await
    }

    /// The person whom the proof is about.
    pub(crate) async fn person(&self, access: &PersonAccess) -> Result<PersonRow, StoreError> {
        self.page_of_people(&PeopleFilter::only(access.user()), 1).await?.pop().ok_or(StoreError::NotFound)
    }

    async fn page_of_people(&self, filter: &PeopleFilter, limit: i64) -> Result<Vec<PersonRow>, StoreError> {
        let now = Timestamp::now();
        let one = filter.user.map(UserId::uuid);
        let (state, pattern, after) = (filter.state.as_str(), filter.pattern.as_str(), filter.after.as_str());
        let people: Vec<PersonColumns> = on_db!(self, p => sqlx::query_as(concat!(
            "SELECT ", user_columns!(), ", u.name_key, u.created_at, u.deleted_at,
                (SELECT MAX(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id) AS session_seen_at,
                (SELECT MAX(t.last_used_at) FROM tokens t WHERE t.user_id = u.id) AS token_used_at,
                EXISTS (SELECT 1 FROM passkeys k WHERE k.user_id = u.id) AS has_passkey,
                EXISTS (SELECT 1 FROM totp_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL) AS has_totp
             FROM users u WHERE", page_of_people!()
        )).bind(now).bind(one).bind(state).bind(pattern).bind(after).bind(limit).fetch_all(p).await)?;
        let roles: Vec<RoleOfColumns> = on_db!(self, p => sqlx::query_as(concat!(
            "SELECT m.user_id, r.id, r.code, r.name, m.expires_at FROM role_members m JOIN roles r ON r.id = m.role_id
             JOIN (SELECT u.id FROM users u WHERE", page_of_people!(), ") page ON page.id = m.user_id
             WHERE m.expires_at IS NULL OR m.expires_at > $1 ORDER BY r.id"
        )).bind(now).bind(one).bind(state).bind(pattern).bind(after).bind(limit).fetch_all(p).await)?;
        let groups: Vec<(Uuid, Uuid, String)> = on_db!(self, p => sqlx::query_as(concat!(
            "SELECT m.user_id, g.id, g.name FROM group_members m JOIN groups g ON g.id = m.group_id
             JOIN (SELECT u.id FROM users u WHERE", page_of_people!(), ") page ON page.id = m.user_id
             WHERE m.added_at <= $1 ORDER BY g.name_key"
        )).bind(now).bind(one).bind(state).bind(pattern).bind(after).bind(limit).fetch_all(p).await)?;
        let mut roles_of: HashMap<UserId, Vec<HeldRole>> = HashMap::new();
        for row in roles {
            let role =
                HeldRole { id: RoleId::from(row.id), code: row.code, name: row.name, expires_at: row.expires_at };
            roles_of.entry(row.user_id.into()).or_default().push(role);
        }
        let mut groups_of: HashMap<UserId, Vec<(GroupId, String)>> = HashMap::new();
        for (user, id, name) in groups {
            groups_of.entry(user.into()).or_default().push((id.into(), name));
        }
        Ok(people.into_iter().map(|row| row.with(&mut roles_of, &mut groups_of)).collect())
    }

    /// The tokens of the person whom the proof is about.
    pub(crate) async fn tokens_of(&self, access: &PersonAccess) -> Result<Vec<TokenDetails>, StoreError> {
        self.tokens_of_user(access.user()).await
    }

    /// One person. Whoever manages people sees also those that they may not act on.
    pub(crate) async fn person_by_id(
        &self,
        _: &SystemAccess<ManageUsers>,
        user: UserId,
    ) -> Result<PersonRow, StoreError> {
        self.page_of_people(&PeopleFilter::only(user), 1).await?.pop().ok_or(StoreError::NotFound)
    }
}

impl PersonColumns {
    fn with(
        self,
        roles: &mut HashMap<UserId, Vec<HeldRole>>,
        groups: &mut HashMap<UserId, Vec<(GroupId, String)>>,
    ) -> PersonRow {
        let user = UserRow::from(self.user);
        PersonRow {
            name_key: self.name_key,
            created_at: self.created_at,
            deleted: self.deleted_at.is_some(),
            last_seen_at: self.session_seen_at.max(self.token_used_at),
            has_passkey: self.has_passkey,
            has_totp: self.has_totp,
            roles: roles.remove(&user.id).unwrap_or_default(),
            groups: groups.remove(&user.id).unwrap_or_default(),
            user,
        }
    }
}
