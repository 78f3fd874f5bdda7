//! Connections: bounded in number, in the bytes and the time of a head, and in how long they may
//! take nothing of what is sent to them.

use std::{
    future::Future,
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::{Sleep, sleep, timeout},
};

use crate::config::DoorLimits;

/// How long nobody is let in after the system could not give a connection.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop` comes, then lets what runs come to its end, within a limit of time.
pub(super) async fn serve(
    listener: TcpListener,
    routes: impl Fn() -> Router,
    limits: &DoorLimits,
    stop: impl Future<Output = ()> + Send,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(limits.head_ms_max))
        .max_buf_size(limits.head_bytes_max);
    let patience = Duration::from_millis(limits.untaken_ms_max);
    let places = Arc::new(Semaphore::new(limits.connections_max));
    let (stopping, told) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let come_in = async {
            // It is never closed, so that this never fails.
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, client) = tokio::select! {
            come = come_in => come,
            () = &mut stop => break,
        };
        match client {
            Ok((stream, _)) => {
                let client = TokioIo::new(Patient { stream, patience, waiting: None });
                let routes = TowerToHyperService::new(routes());
                let connection = http.serve_connection(client, routes).with_upgrades();
                let mut told = told.clone();
                tokio::spawn(async move {
                    let _until_it_ends = place;
                    let mut connection = pin!(connection);
                    let ended = tokio::select! {
                        ended = connection.as_mut() => ended,
                        _stopping = told.changed() => {
                            connection.as_mut().graceful_shutdown();
                            connection.await
                        }
                    };
                    if let Err(error) = ended {
                        tracing::debug!(cause = ?error, "a connection broke off");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(cause = ?error, "a connection could not be accepted");
                sleep(PAUSE).await;
            }
        }
    }
    drop((listener, stopping));
    let most = Duration::from_millis(limits.farewell_ms_max);
    // All places are free when all connections have ended.
    let all = places.acquire_many(limits.connections_max as u32);
    if timeout(most, all).await.is_err() {
        tracing::warn!("some requests were cut off: they ran on after the service was to stop");
    }
}

/// A connection that is given up when the other side takes nothing for too long: nothing is kept
/// for readers who do not read.
struct Patient {
    stream: TcpStream,
    patience: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    /// What came of a write, or that it took too long.
    fn in_time<T>(
        &mut self,
        ctx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(waiting.as_mut().poll(ctx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(ctx, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(ctx, bytes);
        self.in_time(ctx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        all: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(ctx, all);
        self.in_time(ctx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(ctx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(ctx)
    }
}
