//! Which pieces are the same speaker.
//!
//! Pieces are joined by average linkage until no two clusters are similar enough.

use kodama::{Method, linkage};

use crate::Count;
use crate::window::Piece;

/// Clusters with a larger distance (1 - cosine) are different speakers.
const FURTHEST: f32 = 0.60;
/// Frames from which on a piece takes part in the clustering: 0.8 s.
const N_STRONG: usize = 48;
/// Frames that a speaker has at least, unless nobody has so many.
const N_SPEAKER: usize = 110;
/// Most pieces that are clustered; of more, every second one, or third, and so on.
const N_MOST: usize = 4_000;

/// The mean embeddings of the speakers, of length 1; none if nobody speaks.
pub(crate) fn centroids(pieces: &[Piece], count: &Count) -> Vec<Vec<f32>> {
    let nodes = nodes(pieces);
    let n = nodes.len();
    if n == 0 {
        return Vec::new();
    }
    let mut distances = Vec::with_capacity(n * (n - 1) / 2);
    for (i, a) in nodes.iter().enumerate() {
        let others = nodes[i + 1..].iter();
        distances.extend(others.map(|b| 1.0 - dot(&a.embedding, &b.embedding)));
    }
    let dendrogram = linkage(&mut distances, n, Method::Average);
    let steps: Vec<(usize, usize)> = dendrogram
        .steps()
        .iter()
        .map(|it| (it.cluster1, it.cluster2))
        .collect();
    let is_near = |it: &&kodama::Step<f32>| it.dissimilarity <= FURTHEST;
    let n_near = dendrogram.steps().iter().filter(is_near).count();
    let found = large(clusters(&nodes, &steps[..n_near]), count.most());
    if (count.least()..=count.most()).contains(&found.len()) {
        return found;
    }
    let wanted = found.len().clamp(count.least(), count.most());
    // Clusters of a few words do not count, so it may take more clusters than speakers.
    for n_clusters in wanted..=n {
        let clusters = clusters(&nodes, &steps[..n - n_clusters]);
        let found = large(clusters, wanted);
        if found.len() == wanted {
            return found;
        }
    }
    let n_clusters = wanted.min(n);
    let clusters = clusters(&nodes, &steps[..n - n_clusters]);
    clusters.into_iter().map(|it| it.centroid()).collect()
}

/// The pieces that are worth clustering.
fn nodes(pieces: &[Piece]) -> Vec<&Piece> {
    let of = |n_least: usize| -> Vec<&Piece> {
        let pieces = pieces.iter();
        pieces.filter(|it| it.frames.len() >= n_least).collect()
    };
    let mut nodes = of(N_STRONG);
    if nodes.is_empty() {
        nodes = of(0);
    }
    let n_step = nodes.len().div_ceil(N_MOST).max(1);
    nodes.into_iter().step_by(n_step).collect()
}

/// The members of a cluster.
struct Cluster<'a> {
    members: Vec<&'a Piece>,
}

impl Cluster<'_> {
    fn n_frames(&self) -> usize {
        self.members.iter().map(|it| it.frames.len()).sum()
    }

    fn centroid(&self) -> Vec<f32> {
        let mut sum = vec![0.0; self.members[0].embedding.len()];
        for member in &self.members {
            let weight = member.frames.len() as f32;
            let terms = sum.iter_mut().zip(&member.embedding);
            terms.for_each(|(sum, x)| *sum += weight * x);
        }
        let length = dot(&sum, &sum).sqrt().max(f32::MIN_POSITIVE);
        for it in &mut sum {
            *it /= length;
        }
        sum
    }
}

/// The clusters after these steps, the largest first.
fn clusters<'a>(nodes: &[&'a Piece], steps: &[(usize, usize)]) -> Vec<Cluster<'a>> {
    let members = |it: &&'a Piece| Some(vec![*it]);
    let mut clusters: Vec<Option<Vec<&Piece>>> = nodes.iter().map(members).collect();
    for (a, b) in steps {
        let parts = [clusters[*a].take(), clusters[*b].take()];
        clusters.push(Some(parts.into_iter().flatten().flatten().collect()));
    }
    let clusters = clusters.into_iter().flatten();
    let mut clusters: Vec<_> = clusters.map(|members| Cluster { members }).collect();
    clusters.sort_by_key(|it| std::cmp::Reverse(it.n_frames()));
    clusters
}

/// The centroids of clusters that are large enough to be speakers; at least one.
fn large(clusters: Vec<Cluster<'_>>, n_most: usize) -> Vec<Vec<f32>> {
    let largest = clusters.first().map_or(0, Cluster::n_frames);
    let n_least = N_SPEAKER.min(largest);
    let large = clusters.into_iter().filter(|it| it.n_frames() >= n_least);
    large.take(n_most).map(|it| it.centroid()).collect()
}

pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
