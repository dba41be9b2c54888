//! The description of the HTTP routes, made from the handlers themselves.

use utoipa::OpenApi;

use crate::{files, session, terminals, workspaces};

#[derive(OpenApi)]
#[openapi(
    info(title = "Carrel IDE backend", description = "Open workspaces: files, terminals, events. Every route but the first needs the cookie that the first one sets."),
    paths(
        session::redeem,
        workspaces::events,
        workspaces::start,
        workspaces::stop,
        files::tree,
        files::read,
        files::write,
        files::remove,
        files::make_folder,
        files::rename,
        terminals::list,
        terminals::open,
        terminals::close,
        terminals::attach,
    ),
    tags((name = "session"), (name = "workspaces"), (name = "files"), (name = "terminals"))
)]
struct Description;

/// OpenAPI 3.1 of all routes under `/ide/v1`.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::routes::TABLE;

    #[test]
    fn the_description_names_exactly_the_routes_of_the_table() {
        let described = openapi();
        let mut named = BTreeSet::new();
        for (path, item) in &described.paths.paths {
            for (method, operation) in
                [("get", &item.get), ("put", &item.put), ("post", &item.post), ("delete", &item.delete)]
            {
                if operation.is_some() {
                    named.insert((method, path.as_str()));
                }
            }
        }
        let table: BTreeSet<_> = TABLE.iter().map(|route| (route.method, route.path)).collect();
        assert_eq!(named, table);
    }
}
