//! Strongly connected components.

use std::collections::BTreeSet;

/// The components of at least two nodes, largest first.
///
/// Source: Kosaraju; a list in the order of finishing, then the reversed edges.
pub(super) fn components(n_nodes: usize, edges: &BTreeSet<(usize, usize)>) -> Vec<Vec<usize>> {
    let mut forwards = vec![Vec::new(); n_nodes];
    let mut backwards = vec![Vec::new(); n_nodes];
    for &(from, to) in edges {
        forwards[from].push(to);
        backwards[to].push(from);
    }
    let mut is_seen = vec![false; n_nodes];
    let mut finished = Vec::new();
    for node in 0..n_nodes {
        visit(node, &forwards, &mut is_seen, &mut finished);
    }
    is_seen.fill(false);
    let mut components = Vec::new();
    for &node in finished.iter().rev() {
        let mut component = Vec::new();
        visit(node, &backwards, &mut is_seen, &mut component);
        if component.len() > 1 {
            component.sort_unstable();
            components.push(component);
        }
    }
    components.sort_by_key(|it| std::cmp::Reverse(it.len()));
    components
}

/// Visits unseen nodes depth first and lists them in the order of finishing.
fn visit(node: usize, edges: &[Vec<usize>], is_seen: &mut [bool], finished: &mut Vec<usize>) {
    if std::mem::replace(&mut is_seen[node], true) {
        return;
    }
    for &next in &edges[node] {
        visit(next, edges, is_seen, finished);
    }
    finished.push(node);
}
