//! `tertius serve`.

use std::{io::Write as _, net::SocketAddr, path::PathBuf, pin::pin, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use futures_util::FutureExt as _;
use tokio::net::TcpListener;

use crate::{
    cli::{ServeArgs, Shared},
    config::{Access, Flags, Oidc, Settings, StoreUrl},
    http::{self, Door, Gate},
    service::{NewToken, Tertius},
    telemetry,
};

use super::open;

pub(super) async fn run(shared: &Shared, args: &ServeArgs) -> Result<String> {
    telemetry::start();
    let flags = Flags { listen: args.listen, access: args.access, ..shared.flags() };
    let settings = open::settings(flags)?;
    let listener = listen(settings.listen).await?;
    let watched = match settings.metrics {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let (gate, address) = (Gate::closed(), listener.local_addr()?);
    let stop = asked_to_stop()?.shared();
    let mut serving =
        pin!(http::serve_behind(listener, gate.clone(), settings.front.limits, stop.clone()));
    // The port answers while the network is loaded, and says so.
    let tertius = tokio::select! {
        opened = open_door(&settings, args.member.as_deref(), &gate) => {
            let (tertius, door) = opened?;
            if let Some(watched) = watched {
                tokio::spawn(async move { http::serve_metrics(watched, &door, stop).await });
            }
            tertius
        }
        () = &mut serving => return Ok(String::new()),
    };
    let (people, ties) = tertius.network_size();
    tracing::info!(%address, people, ties, store = tertius.store_kind(), "listening on {address}");
    serving.await;
    tracing::info!("stopped");
    Ok(String::new())
}

/// Loads the network, and opens the gate.
async fn open_door(
    settings: &Settings,
    member: Option<&str>,
    gate: &Gate,
) -> Result<(Arc<Tertius>, Door)> {
    let tertius = open::trusting(settings).await?;
    if let Some(oidc) = &settings.oidc {
        meet(&tertius, oidc);
    }
    let door = door(&tertius, settings, member).await?.behaving(settings.front.clone())?;
    tertius.forget_old_evidence().await?;
    keep_up(&tertius);
    gate.open(door.clone());
    Ok((tertius, door))
}

/// Says whose JWTs let members in, and asks that issuer for its keys while the service starts:
/// whoever comes by a token need not wait for it.
fn meet(tertius: &Arc<Tertius>, oidc: &Oidc) {
    tracing::info!(issuer = %oidc.issuer, audience = oidc.audience, "JWTs of {oidc} let members in");
    let (tertius, issuer) = (Arc::clone(tertius), oidc.issuer.clone());
    tokio::spawn(async move {
        if let Some(keys) = tertius.meet_issuer().await {
            tracing::info!(%issuer, keys, "the issuer has {keys} keys");
        }
    });
}

async fn door(tertius: &Arc<Tertius>, settings: &Settings, member: Option<&str>) -> Result<Door> {
    if let Some(NewToken { login, secret, .. }) = tertius.make_first_admin("admin").await? {
        let mut out = anstream::stdout();
        writeln!(
            out,
            "The store is empty, so the member `{login}` was made. Its token is shown this once:"
        )?;
        writeln!(out, "  {secret}")?;
    }
    let door = match settings.access {
        Access::Token => Door::with_tokens(Arc::clone(tertius)),
        Access::Open => {
            let member = member.unwrap_or("admin");
            let viewer = tertius.viewer_by_login(member).await.with_context(|| {
                format!(
                    "with open access, questions are asked as `{member}`; name another with --as"
                )
            })?;
            Door::open(Arc::clone(tertius), viewer)
        }
    };
    Ok(door.keeping_uploads_in(uploads_folder(&settings.store)))
}

/// Uploads lie beside the store: where there is room for it, there is most likely room for them. Those
/// for a server lie where a store would lie by default, under its name.
pub(super) fn uploads_folder(url: &StoreUrl) -> PathBuf {
    let mut folder = match url {
        StoreUrl::Sqlite(file) => file.clone(),
        StoreUrl::Neo4j(server) => {
            let name = server.url.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
            open::data_folder().unwrap_or_else(std::env::temp_dir).join(name)
        }
    }
    .into_os_string();
    folder.push(".uploads");
    folder.into()
}

/// Listens, or says who may be in the way.
pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener> {
    http::listen(address).await.with_context(|| {
        format!("cannot listen on {address} (is another tertius running?); name another address with --listen")
    })
}

/// Comes when the process is asked to end. It listens from the call on, not from the first wait.
#[cfg(unix)]
pub(super) fn asked_to_stop() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
    })
}

/// Comes when the process is asked to end.
#[cfg(not(unix))]
pub(super) fn asked_to_stop() -> Result<impl Future<Output = ()>> {
    Ok(async {
        let _asked = tokio::signal::ctrl_c().await;
    })
}

/// Keeps the network up to date while the service runs: a new day, and what others write into the
/// same store.
pub(super) fn keep_up(tertius: &Arc<Tertius>) {
    let tertius = Arc::downgrade(tertius);
    tokio::spawn(async move {
        let mut every_second = tokio::time::interval(Duration::from_secs(1));
        loop {
            every_second.tick().await;
            let Some(tertius) = tertius.upgrade() else { return };
            if let Err(error) = tertius.keep_up().await {
                tracing::warn!(cause = ?error, "the network could not be brought up to date");
            }
        }
    });
}
