//! The one layer around every route: counts the request, asks where it comes from, and completes the answer.

use actix_web::{
    Error, ResponseError as _,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
    middleware::Next,
    web,
};

use super::{
    Class, client_address, cross_site,
    principal::{self, Principal},
};
use crate::{
    api_error::ApiError,
    app::Cloud,
    routes::{self, Caller, Route, Tier},
    session, tus,
};

pub(crate) async fn layer(
    cloud: web::Data<Cloud>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let guard = &cloud.guard;
    // As the router will see it: percent-encoding hides no route from its limit.
    let path = request.match_info().as_str().to_owned();
    let method = request.method().clone();
    let route = routes::find(request.method(), &path);
    if let Some(answer) = guard.readers.preflight(request.method(), &path, request.headers()) {
        return Ok(request.into_response(answer));
    }
    let grants = guard.readers.grants(&path, request.headers());
    let caller = route.map_or(Caller::Page, |route| route.caller);
    if caller == Caller::Anybody {
        // Before anything looks at cookies, and remembers them: such a route cannot take its caller for somebody by mistake.
        request.headers_mut().remove(header::COOKIE);
    }

    let network = Principal::network(client_address(request.request(), &cloud.config.trusted_proxies));
    let presented =
        session::presented(request.request(), cloud.config.is_https()).map(|secret| principal::fingerprint(&secret));
    let turn = guard.limits.take(class_of(route, request.method(), &path), network, presented);

    let refusal = match turn {
        Some(turn) if !turn.taken => Some(ApiError::TooManyRequests(turn.retry_after())),
        _ => cross_site::check(&guard.origins, caller, request.method(), &path, request.headers()).err(),
    };
    let mut response = match refusal {
        Some(refusal) => request.into_response(refusal.error_response()),
        None => {
            let response = next.call(request).await?.map_into_boxed_body();
            if let Some(secret) = presented {
                settle(&cloud, route, secret, &response);
            }
            response
        }
    };
    if let Some(turn) = turn {
        turn.describe(response.headers_mut());
    }
    if ["/api/", "/ide/", "/dav/", "/remote.php/", "/ocs/"].iter().any(|tree| path.starts_with(tree)) {
        vary(response.headers_mut());
    }
    tus::complete(&method, &path, response.headers_mut());
    for (name, value) in grants {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// What is in no table is the IDE backend's, or the application's own files.
fn class_of(route: Option<&Route>, method: &Method, path: &str) -> Class {
    match route {
        Some(route) => route.class,
        None if !path.starts_with("/ide/") => Class::Page,
        None if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) => Class::Read,
        None => Class::Write,
    }
}

/// Whoever was found to be somebody has a budget of their own from here on; whoever no longer is has none.
fn settle(cloud: &Cloud, route: Option<&Route>, secret: principal::Fingerprint, response: &ServiceResponse<BoxBody>) {
    if principal::is_accepted(response.request()) {
        cloud.guard.limits.proved.insert(secret);
    } else if response.status() == StatusCode::UNAUTHORIZED && route.is_some_and(|route| route.tier != Tier::Public) {
        cloud.guard.limits.proved.remove(&secret);
    }
}

/// The same address answers differently to these.
fn vary(headers: &mut HeaderMap) {
    headers.append(header::VARY, HeaderValue::from_static("Origin, Sec-Fetch-Site, Sec-Fetch-Mode, Sec-Fetch-Dest"));
}
