//! `carrel doctor`: each part that an installation needs: whether it is there, which version, and what to do.

use std::process::ExitCode;

use carrel_cloud_backend::health::{Part, PartState};
use carrel_runner::image;
use carrel_service_auth::{Service, client::ServiceClient};
use carrel_wire::runner::{Check, CheckState, Health};
use clap::Args;

use crate::{
    cloud, content::Content, data_folder::DataFolder, instance::Instance, mail::Mail, output::say, settings::Data,
};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    host: super::runner::Host,
    #[command(flatten)]
    mail: Mail,
    #[command(flatten)]
    content: Content,
    /// Print the parts as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let parts = actix_web::rt::System::new().block_on(parts(options));
    if options.json {
        say(&serde_json::to_string_pretty(&parts)?);
    } else {
        for part in &parts {
            let mark = match part.state {
                PartState::Fine => "fine    ",
                PartState::Degraded => "degraded",
                PartState::Missing => "missing ",
            };
            say(&format!("{mark}  {:16} {}", part.name, part.detail));
            if let Some(remedy) = &part.remedy {
                say(&format!("          {:16} → {remedy}", ""));
            }
        }
    }
    let missing = parts.iter().any(|part| part.state == PartState::Missing);
    Ok(if missing { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn parts(options: &Options) -> Vec<Part> {
    let folder = match DataFolder::existing(&options.data) {
        Ok(folder) => folder,
        Err(error) => {
            let remedy = "Name the data folder with --data, or start Carrel there.";
            let mut parts = vec![part("data_folder", Err(format!("{error:#}")), remedy)];
            parts.extend(engine_parts(&options.host).await);
            return parts;
        }
    };
    let mut parts = vec![part("data_folder", Ok(folder.path().display().to_string()), "")];
    let secrets = Instance::open(&folder).map(|_| "readable by this user only".to_owned());
    parts.push(part("secrets", secrets.map_err(|e| format!("{e:#}")), "Correct the file that is named."));
    let database = match cloud::open_store_as_it_is(&folder).await {
        Ok(store) => store.ping().await.map(|()| store.database_kind().to_owned()).map_err(|e| e.to_string()),
        Err(error) => Err(format!("{error:#}")),
    };
    parts.push(part("database", database, "Check that the database runs and that DATABASE_URL is right."));
    let store = content_store(&folder, &options.content).await.map_err(|e| format!("{e:#}"));
    parts.push(part(
        "store",
        store,
        "Check CARREL_STORE_URL with the settings beside it, the free space and the permissions of the store.",
    ));
    parts.push(mail(&options.mail).await);
    parts.extend(running(&folder));
    match runner_checks(&folder).await {
        Ok(checks) => parts.extend(checks.into_iter().map(from_check)),
        // The runner looks deeper than this program may; without it, at least what anybody can see.
        Err(_) => parts.extend(engine_parts(&options.host).await),
    }
    parts
}

/// Where content is stored, if it can be written to. A store that is not there is not made.
async fn content_store(folder: &DataFolder, content: &Content) -> anyhow::Result<String> {
    content.open_existing(folder, Instance::open(folder)?.blob_key()?).await?.probe().await?;
    content.place(folder)
}

/// What the running runner says of its host.
async fn runner_checks(folder: &DataFolder) -> anyhow::Result<Vec<Check>> {
    let secret = cloud::service_secret(folder)?;
    let client = ServiceClient::unix(folder.runner_socket(), Service::Ide, Service::Runner, &secret)?;
    let response = client.send(reqwest::Method::GET, "/v1/health", None, Default::default()).await?;
    Ok(serde_json::from_slice::<Health>(&response.bytes().await?)?.checks)
}

/// Docker and the workspace image, as this program sees them.
async fn engine_parts(host: &super::runner::Host) -> Vec<Part> {
    let start = "Docker is not running: start it with `systemctl start docker`, or install the package docker.io.";
    match image::present(host.docker_socket()).await {
        Err(error) => vec![part("docker", Err(error.to_string()), start)],
        Ok(there) => {
            let found = if there { Ok(image::reference()) } else { Err("not built yet".to_owned()) };
            vec![
                part("docker", Ok(host.docker_socket().display().to_string()), ""),
                part("workspace_image", found, "Build it with `carrel runner image`."),
            ]
        }
    }
}

/// The mail service, if one is configured. Carrel works without.
async fn mail(mail: &Mail) -> Part {
    let found = async {
        let Some(mailer) = mail.mailer()? else { return Ok("not configured: no mail is sent".to_owned()) };
        mailer.probe().await?;
        Ok::<_, anyhow::Error>(format!("{} takes mail", mailer.place()))
    };
    let remedy = "Correct CARREL_SMTP_URL, CARREL_SMTP_PASSWORD_FILE, CARREL_SMTP_CA_FILE and CARREL_MAIL_FROM, or take them away.";
    let part = part("mail", found.await.map_err(|error| format!("{error:#}")), remedy);
    let state = if part.state == PartState::Missing { PartState::Degraded } else { part.state };
    Part { state, ..part }
}

/// The services that listen in the data folder.
fn running(folder: &DataFolder) -> Vec<Part> {
    let sockets =
        [("cloud", folder.cloud_socket()), ("runner", folder.runner_socket()), ("signer", folder.signer_socket())];
    let answer = |(name, path): (&str, std::path::PathBuf)| match std::os::unix::net::UnixStream::connect(path) {
        Ok(_) => Part { name: name.to_owned(), state: PartState::Fine, detail: "runs".to_owned(), remedy: None },
        Err(_) => Part {
            name: name.to_owned(),
            state: PartState::Degraded,
            detail: "does not run".to_owned(),
            remedy: Some("Start it with `carrel up`.".to_owned()),
        },
    };
    sockets.into_iter().map(answer).collect()
}

fn part(name: &str, found: Result<String, String>, remedy: &str) -> Part {
    match found {
        Ok(detail) => Part { name: name.to_owned(), state: PartState::Fine, detail, remedy: None },
        Err(detail) => {
            Part { name: name.to_owned(), state: PartState::Missing, detail, remedy: Some(remedy.to_owned()) }
        }
    }
}

fn from_check(check: carrel_wire::runner::Check) -> Part {
    let state = match check.state {
        CheckState::Fine => PartState::Fine,
        CheckState::Degraded => PartState::Degraded,
        CheckState::Missing => PartState::Missing,
    };
    Part { name: check.name, state, detail: check.detail, remedy: check.remedy }
}
