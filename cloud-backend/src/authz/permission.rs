//! Permission codes: what a person may do at all. Which role gives which is in `role.rs`; whether they may do it to a certain
//! file is a matter of the space's members.

use std::fmt;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        /// One right of a person. Stable codes; roles are made of them.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        #[serde(rename_all = "snake_case")]
        #[repr(u8)]
        pub enum Permission {
            $($(#[$doc])* $name,)*
        }

        impl Permission {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

permissions! {
    /// See files of spaces that one is a member of.
    FileRead = "file_read";
    FileWrite = "file_write";
    FileDelete = "file_delete";
    /// Share with people and groups of this instance.
    ShareInternalManage = "share_internal_manage";
    /// Share by a public link.
    ShareExternalManage = "share_external_manage";
    ShareViewReceived = "share_view_received";
    OfficeUse = "office_use";
    /// Open workspaces and start sandboxes.
    IdeUse = "ide_use";
    MediaView = "media_view";
    /// Make personal access tokens and app passwords of one's own.
    TokenCreate = "token_create";
    /// Make, change and deactivate people and groups.
    UserManage = "user_manage";
    /// Make roles and give them to people.
    RoleManage = "role_manage";
    ServerSettings = "server_settings";
    /// Read and export the log.
    LogRead = "log_read";
    /// Become administrator at once, in an emergency: alarmed, logged and reviewed.
    BreakGlass = "break_glass";
}

impl Permission {
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.code() == code)
    }
}

/// Several permissions.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u32);

impl Permissions {
    pub const NONE: Self = Self(0);

    #[must_use]
    pub const fn of(list: &[Permission]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < list.len() {
            bits |= 1 << list[index] as u8;
            index += 1;
        }
        Self(bits)
    }
    #[must_use]
    pub fn contain(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }
    #[must_use]
    pub fn contain_all(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }
    #[must_use]
    pub const fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
    /// What is in both.
    #[must_use]
    pub fn within(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contain(*permission))
    }
    /// Codes with spaces between, as roles are stored. Codes that this version does not know give nothing.
    #[must_use]
    pub fn from_codes(text: &str) -> Self {
        Self::of(&text.split(' ').filter_map(Permission::from_code).collect::<Vec<_>>())
    }
    #[must_use]
    pub fn to_codes(self) -> String {
        self.iter().map(Permission::code).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Permission::code)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_round_trip() {
        let all = Permissions::of(Permission::ALL);
        assert_eq!(Permissions::from_codes(&all.to_codes()), all);
        assert_eq!(all.iter().count(), Permission::ALL.len());
        for permission in Permission::ALL {
            assert_eq!(Permission::from_code(permission.code()), Some(*permission));
            assert_eq!(serde_json::to_value(permission).expect("text"), permission.code());
        }
    }

    #[test]
    fn nothing_is_given_by_an_unknown_code() {
        assert_eq!(Permissions::from_codes("root everything"), Permissions::NONE);
        assert!(Permissions::from_codes("file_read log_read").contain_all(Permissions::of(&[Permission::LogRead])));
        assert!(!Permissions::of(&[Permission::FileRead]).contain_all(Permissions::of(&[Permission::LogRead])));
    }
}
