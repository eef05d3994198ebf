//! Acquiring a lease: finds the model that is loaded already, or makes room and loads it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use super::lease::Lease;
use super::request::{LeaseRequest, Priority};
use super::state::{Changing, Load, Shared, Slot, WaitingLive};
use super::turn::LiveTurn;
use super::unload_policy::Unloading;
use crate::Failure;

/// A lease of a model, which is loaded unless it is already; `None` when `give_up` said so while it
/// waited. `give_up` is asked at least once, and then every [`POLL`](super::state::POLL).
///
/// Errors: the model is not there or cannot be loaded, or needs more memory than there is.
pub(super) fn acquire(
    shared: &Arc<Shared>,
    request: &LeaseRequest,
    give_up: &mut dyn FnMut() -> bool,
) -> Result<Option<Lease>, Failure> {
    let is_live = request.priority == Priority::Live;
    let mut waiting = None;
    // The load of this model by somebody else that is waited for.
    let mut awaited: Option<Arc<Load>> = None;
    // When room was looked for in vain, and after which change.
    let mut no_room: Option<(u64, Instant)> = None;
    loop {
        if give_up() {
            return Ok(None);
        }
        if let Some(failure) = awaited.as_ref().and_then(|it| it.failure.get()) {
            return Err(failure.clone());
        }
        // Asked anew after every wait: files may have come, gone or been replaced meanwhile.
        let identity = shared.backend.identify(&request.key);
        let mut state = shared.state();
        state.condemn_outdated(&request.key, identity.as_ref().ok());
        let Ok(identity) = identity else {
            drop(state);
            shared.idle_changed.notify_all();
            return identity.map(|_| None);
        };
        // Nothing is given to files while live text waits for its model.
        let is_its_turn = is_live || state.n_live_leases_waiting == 0;
        if is_its_turn && let Some(slot) = state.find(&identity) {
            if slot.checked_s >= request.longest_chunk_s {
                return Ok(Some(Lease::new(shared, slot, request.priority, false)));
            }
            drop(state);
            let longest_s = request.longest_chunk_s;
            shared.backend.check(&request.key, longest_s)?;
            if let Some(slot) = shared.state().find(&identity) {
                slot.checked_s = slot.checked_s.max(longest_s);
            }
            continue;
        }
        if is_live && waiting.is_none() {
            waiting = Some(WaitingLive::begin(shared, &mut state));
        }
        let is_same = |load: &&Arc<Load>| {
            load.identity == identity && load.longest_chunk_s <= request.longest_chunk_s
        };
        awaited = state.load.as_ref().filter(is_same).cloned();
        let has_changed = no_room.is_none_or(|(n_changes, at)| {
            n_changes != state.n_changes || at.elapsed() >= state.unload_policy.look_every
        });
        if is_its_turn && !state.is_changing && has_changed {
            let n_changes = state.n_changes;
            let load = Arc::new(Load {
                identity,
                longest_chunk_s: request.longest_chunk_s,
                failure: OnceLock::new(),
            });
            let changing = Changing::begin(shared, &mut state);
            state.load = Some(Arc::clone(&load));
            drop(state);
            if make_room(shared, request, &changing) {
                return Ok(Some(load_now(shared, request, &load)?));
            }
            no_room = Some((n_changes, Instant::now()));
            continue;
        }
        drop(shared.wait(state));
    }
}

/// Unloads what has to go before a model is loaded; whether there is room for it.
///
/// Where there is none for live text, files are asked to give their models up.
fn make_room(shared: &Shared, request: &LeaseRequest, changing: &Changing<'_>) -> bool {
    let has_room = || {
        let longest_s = request.longest_chunk_s;
        shared.state().models.is_empty() || shared.backend.fits_beside(&request.key, longest_s)
    };
    changing.unload(|slot| {
        let is_replaced = slot.last_used_by == request.priority;
        (slot.condemned).or_else(|| is_replaced.then_some(Unloading::Replaced))
    });
    if has_room() {
        return true;
    }
    changing.unload(|_| Some(Unloading::Replaced));
    if has_room() {
        return true;
    }
    if request.priority == Priority::File {
        return false;
    }
    let mut state = shared.state();
    let is_used_by_files = |slot: &Slot| slot.n_file_leases > 0;
    state.is_recalled = state.models.iter().any(is_used_by_files);
    // Live text does not wait for live text, whose session may be long.
    !state.is_recalled
}

/// Loads a model. Who waits for the same one is told if that fails, and the next one tries again.
fn load_now(
    shared: &Arc<Shared>,
    request: &LeaseRequest,
    load: &Arc<Load>,
) -> Result<Lease, Failure> {
    // A file waits while a person waits for live text to begin.
    let is_live = request.priority == Priority::Live;
    let turn = is_live.then(|| LiveTurn::take(shared));
    let work = AssertUnwindSafe(|| shared.backend.load(&request.key, load.longest_chunk_s));
    let model = catch_unwind(work).unwrap_or_else(|panic| Err(Failure::from_panic(panic.as_ref())));
    drop(turn);
    let model = model.inspect_err(|failure| {
        let _ = load.failure.set(failure.clone()); // it is set once
    })?;
    let mut state = shared.state();
    let slot = state.add(request.key.clone(), load, model, request.priority);
    Ok(Lease::new(shared, slot, request.priority, true))
}
