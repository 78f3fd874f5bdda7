//! `tertius serve`.

use std::{io::Write as _, net::SocketAddr, sync::Arc};

use anyhow::{Context as _, Result};
use tokio::net::TcpListener;

use crate::{
    cli::{ServeArgs, Shared},
    config::{Access, Flags, Settings},
    http::{self, Door},
    service::{NewToken, Tertius},
    telemetry,
};

use super::open;

pub(super) async fn run(shared: &Shared, args: &ServeArgs) -> Result<String> {
    telemetry::start();
    let flags = Flags { listen: args.listen, access: args.access, ..shared.flags() };
    let settings = open::settings(flags)?;
    let listener = listen(settings.listen).await?;
    let tertius = open::over(&settings.store).await?;
    let door = door(&tertius, &settings, args.member.as_deref()).await?;
    let address = listener.local_addr()?;
    let (people, ties) = tertius.network_size();
    tracing::info!(%address, people, ties, store = tertius.store_kind(), "listening on {address}");
    http::serve(listener, door, asked_to_stop()).await?;
    tracing::info!("stopped");
    Ok(String::new())
}

async fn door(tertius: &Arc<Tertius>, settings: &Settings, member: Option<&str>) -> Result<Door> {
    if let Some(NewToken { login, secret, .. }) = tertius.make_first_admin().await? {
        let mut out = anstream::stdout();
        writeln!(
            out,
            "The store is empty, so the member `{login}` was made. Its token is shown this once:"
        )?;
        writeln!(out, "  {secret}")?;
    }
    match settings.access {
        Access::Token => Ok(Door::with_tokens(Arc::clone(tertius))),
        Access::Open => {
            let member = member.unwrap_or("admin");
            let viewer = tertius.viewer_by_login(member).await.with_context(|| {
                format!(
                    "with open access, questions are asked as `{member}`; name another with --as"
                )
            })?;
            Ok(Door::open(Arc::clone(tertius), viewer))
        }
    }
}

/// Listens, or says who may be in the way.
pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener> {
    http::listen(address).await.with_context(|| {
        format!("cannot listen on {address} (is another tertius running?); name another address with --listen")
    })
}

/// Comes when the process is asked to end.
pub(super) async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    let _signal = interrupt.await;
}
