//! `carrel up`: everything on one machine. `carrel cloud` and `carrel ide` start one part each.

use std::{
    ffi::OsString,
    net::{Ipv4Addr, TcpListener},
    process::ExitCode,
    time::Duration,
};

use actix_web::{rt, web};
use anyhow::Context as _;
use carrel_cloud_backend::{app, session::new_setup_link, store::Store};
use carrel_ide_backend::IdeBackend;

use crate::{
    cloud,
    data_folder::DataFolder,
    ide,
    instance::Instance,
    output::say,
    settings::{Logging, Serve},
    supervise::{asked_to_end, keep_running},
};

/// How long a start waits for the process before it to let go of the data folder.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) fn run(options: &Serve) -> anyhow::Result<ExitCode> {
    options.log.start("carrel")?;
    let folder = DataFolder::open(&options.data)?;
    let _lock = folder.lock("up", PATIENCE)?;
    rt::System::new().block_on(async {
        let (listener, origin) = listen(options)?;
        let store = cloud::open_store(&folder, &options.public_origin).await?;
        for (name, service) in [("runner", "runner"), ("signer", "signer")] {
            rt::spawn(keep_running(name, child_arguments(service, &folder, options)));
        }
        let ide = IdeBackend::new(ide::config(&folder, options)?);
        serve_cloud(&folder, options, store, listener, &origin, ide.configure()).await
    })
}

pub(crate) fn run_cloud(options: &Serve) -> anyhow::Result<ExitCode> {
    options.log.start("cloud")?;
    let folder = DataFolder::open(&options.data)?;
    let _lock = folder.lock("cloud", PATIENCE)?;
    rt::System::new().block_on(async {
        let (listener, origin) = listen(options)?;
        let store = cloud::open_store(&folder, &options.public_origin).await?;
        serve_cloud(&folder, options, store, listener, &origin, |_: &mut web::ServiceConfig| {}).await
    })
}

/// The cloud backend on its two listeners, with what runs beside it, until the process is asked to end.
async fn serve_cloud(
    folder: &DataFolder,
    options: &Serve,
    store: (Store, Instance),
    listener: TcpListener,
    origin: &str,
    beside: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
) -> anyhow::Result<ExitCode> {
    let cloud = web::Data::new(cloud::open(folder, options, store, "/ide/v1").await?);
    let (internal, internal_work) =
        app::serve_internal(cloud.clone(), &folder.cloud_socket(), cloud::internal_verifier(folder)?)?;
    let (public, public_work) = app::serve(cloud.clone(), listener, beside)?;
    let services = [rt::spawn(internal_work), rt::spawn(public_work)];
    rt::spawn(app::sweep(cloud.clone()));
    rt::spawn(app::keep_log(cloud.clone()));
    rt::spawn(app::keep_files(cloud.clone()));
    rt::spawn(app::send_mails(cloud.clone()));
    announce(&cloud, origin).await?;
    asked_to_end().await;
    cloud.end_waiting();
    public.stop(true).await;
    internal.stop(true).await;
    for service in services {
        service.await??;
    }
    cloud.store.close().await;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn run_ide(options: &Serve) -> anyhow::Result<ExitCode> {
    options.log.start("ide")?;
    let folder = DataFolder::open(&options.data)?;
    let _lock = folder.lock("ide", PATIENCE)?;
    rt::System::new().block_on(async {
        let (listener, origin) = listen(options)?;
        let config = ide::config(&folder, options)?;
        say(&format!("The IDE backend is ready at {origin}"));
        carrel_ide_backend::serve(config, listener).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// The listener, and the origin under which browsers reach it.
fn listen(options: &Serve) -> anyhow::Result<(TcpListener, String)> {
    let listener = TcpListener::bind(&options.listen).with_context(|| format!("listening on {}", options.listen))?;
    let origin = if options.public_origin.is_empty() {
        match listener.local_addr()? {
            // Under an address in digits a browser has no passkeys.
            address if address.ip() == Ipv4Addr::LOCALHOST => format!("http://localhost:{}", address.port()),
            address => format!("http://{address}"),
        }
    } else {
        options.public_origin.trim_end_matches('/').to_owned()
    };
    Ok((listener, origin))
}

/// Prints the address and, while there is no user, a fresh link for the first administrator.
async fn announce(cloud: &web::Data<carrel_cloud_backend::Cloud>, origin: &str) -> anyhow::Result<()> {
    let link = new_setup_link(&cloud.store).await?;
    say(&format!("Carrel is ready at {origin}"));
    if let Some(port) = origin.strip_prefix("http://localhost:") {
        say(&format!("(also http://127.0.0.1:{port}, where browsers offer no passkeys)"));
    }
    if let Some(secret) = link {
        say("Make the first administrator here, once and within an hour:");
        say(&format!("{origin}/setup#{secret}"));
    }
    Ok(())
}

fn child_arguments(service: &str, folder: &DataFolder, options: &Serve) -> Vec<OsString> {
    let Logging { filter, format } = &options.log;
    let mut arguments: Vec<OsString> = vec![service.into(), "--data".into(), folder.path().into()];
    arguments.extend(["--log".into(), filter.into(), "--log-format".into(), format.into(), "--with-parent".into()]);
    if service == "runner" {
        arguments.extend(options.host.as_arguments());
    }
    arguments
}
