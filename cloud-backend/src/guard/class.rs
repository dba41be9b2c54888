//! What kind of work a route is, and how much of it one sender may ask for in a minute.

/// Each row of the route table names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Looking something up.
    Read,
    /// Changing something.
    Write,
    /// What keeps the machine busy for long: exports, archives, mail to many.
    Costly,
    /// Showing who one is, without being signed in yet.
    SignIn,
    /// What browsers tell about our own pages.
    Report,
    /// What programs that mount or mirror folders ask all the time: a request for each file.
    Sync,
    /// The application's own files, and addresses that no route has.
    Page,
}

impl Class {
    pub(super) const ALL: [Self; 7] =
        [Self::Read, Self::Write, Self::Costly, Self::SignIn, Self::Report, Self::Sync, Self::Page];

    /// As `RateLimit-Policy` names it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Costly => "costly",
            Self::SignIn => "sign_in",
            Self::Report => "report",
            Self::Sync => "sync",
            Self::Page => "page",
        }
    }

    /// Who has not shown who they are is counted by their network, whatever they present.
    pub(super) const fn is_of_the_network(self) -> bool {
        matches!(self, Self::SignIn | Self::Report)
    }
}

/// Requests per minute and sender, by class; all of them may come at once. 0 is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLimits {
    pub read: u32,
    pub write: u32,
    pub costly: u32,
    pub sign_in: u32,
    pub report: u32,
    pub sync: u32,
    pub page: u32,
}

impl RequestLimits {
    pub(super) const fn of(&self, class: Class) -> u32 {
        match class {
            Class::Read => self.read,
            Class::Write => self.write,
            Class::Costly => self.costly,
            Class::SignIn => self.sign_in,
            Class::Report => self.report,
            Class::Sync => self.sync,
            Class::Page => self.page,
        }
    }
}

impl Default for RequestLimits {
    /// Far above what people and their programs do; guessing has narrower limits of its own, in the database.
    fn default() -> Self {
        Self { read: 12_000, write: 6_000, costly: 60, sign_in: 1200, report: 60, sync: 240_000, page: 12_000 }
    }
}
