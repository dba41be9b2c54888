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
    use super::*;

    #[test]
    fn every_route_of_the_table_is_described() {
        let described = openapi();
        let operations: usize = described
            .paths
            .paths
            .values()
            .map(|path| {
                [&path.get, &path.put, &path.post, &path.delete]
                    .into_iter()
                    .filter(|operation| operation.is_some())
                    .count()
            })
            .sum();
        let table = include_str!("routes.rs").matches(".route(\"").count();
        assert_eq!(operations, table);
    }
}
