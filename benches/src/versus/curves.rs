//! Cost curves: what throughput is over one size, each point a workload of the catalogue.

/// A curve. Its points are workloads that are named by their kind and this size.
#[derive(Debug)]
pub(crate) struct Curve {
    /// Of what.
    pub(crate) title: &'static str,
    /// What grows.
    pub(crate) size: &'static str,
    /// What is counted, in a second.
    pub(crate) rate: &'static str,
    /// The workloads.
    pub(crate) points: &'static [&'static str],
}

/// All of them.
pub(crate) const CURVES: &[Curve] = &[
    Curve {
        title: "hello-3 over the instances in flight",
        size: "in flight",
        rate: "orchestrations/s",
        points: &[
            "hello-3/1",
            "hello-3/10",
            "hello-3/100",
            "hello-3/1000",
            "hello-3/10000",
        ],
    },
    Curve {
        title: "hello-3 over the size of the store",
        size: "parked instances",
        rate: "orchestrations/s",
        points: &["store/1000", "store/10000", "store/100000", "store/1000000"],
    },
    Curve {
        title: "calls over the state of the entity, which each of them writes",
        size: "bytes",
        rate: "calls/s",
        points: &["state/100", "state/10000", "state/1000000"],
    },
    Curve {
        title: "steps over what the orchestration carries along",
        size: "bytes",
        rate: "steps/s",
        points: &["carried/100", "carried/10000", "carried/1000000"],
    },
    Curve {
        title: "requests over the depth of the mailbox they wait in",
        size: "requests waiting",
        rate: "requests/s",
        points: &[
            "mailbox/100",
            "mailbox/1000",
            "mailbox/10000",
            "mailbox/100000",
        ],
    },
];

/// The size of a point: the last number of its name.
pub(crate) fn size(workload: &str) -> Option<f64> {
    workload.rsplit('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::WORKLOADS;

    #[test]
    fn every_point_is_a_workload_and_larger_than_the_last() {
        for curve in CURVES {
            let sizes: Vec<_> = curve.points.iter().map(|point| size(point)).collect();
            assert!(sizes.is_sorted() && sizes[0].is_some(), "{}", curve.title);
            for point in curve.points {
                let known = WORKLOADS.iter().any(|workload| workload.name == *point);
                assert!(known, "{point} is not in the catalogue");
            }
        }
    }
}
