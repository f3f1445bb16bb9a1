//! The driver: looks at the configuration again and again, and has the pools follow it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use undying::prelude::*;

use super::config::{Config, ConfigError, read_pools};
use super::pool::{DeletePool, PoolInit, PoolManager, Resize};
use super::spec::{GoalSet, PoolsAtGoal};
use super::vm::Chance;

/// How often the configuration is looked at.
const LOOK: &str = "look";

/// What a driver is created with.
#[derive(Debug, Serialize, Deserialize)]
pub struct DriverInit {
    /// The file with the configuration.
    pub file: PathBuf,
    /// How many milliseconds pass between two looks at it.
    pub every_ms: u64,
    /// What may fail.
    pub chance: Chance,
}

/// Follows the configuration.
#[rsm]
#[derive(Debug)]
pub struct PoolDriver {
    init: DriverInit,
    /// What it follows.
    pub config: Config,
    /// How many configurations it has followed.
    pub followed: u64,
    /// Why the last look was in vain.
    pub trouble: Option<ConfigError>,
    /// The pools there are.
    pub pools: BTreeMap<String, RsmRef<PoolManager>>,
}

#[rsm]
impl PoolDriver {
    chart! {
        /// What a driver does.
        pub enum DriverState;
        /// It follows.
        start Following {
            entry   => watch,
            Timeout => look,
        }
    }

    fn new(init: DriverInit) -> Self {
        PoolDriver {
            init,
            config: Config::default(),
            followed: 0,
            trouble: None,
            pools: BTreeMap::new(),
        }
    }

    fn watch(&mut self, cx: &mut Cx<Self>) {
        cx.start_timer(LOOK, every(millis(self.init.every_ms)));
    }

    async fn look(&mut self, cx: &mut Cx<Self>) {
        let file = self.init.file.clone();
        let config = read_pools(file).await;
        self.follow(config, cx);
    }

    /// Creates, resizes and deletes pools. What cannot be read changes nothing.
    fn follow(&mut self, config: Result<Config, ConfigError>, cx: &mut Cx<Self>) {
        let config = match config {
            Ok(config) => config,
            Err(error) => {
                self.trouble = Some(error);
                return;
            }
        };
        self.trouble = None;
        if config == self.config {
            return;
        }
        self.pools.retain(|name, pool| {
            let stays = config.0.contains_key(name);
            if !stays {
                cx.send(pool, DeletePool);
            }
            stays
        });
        self.followed += 1;
        for (name, vms) in &config.0 {
            match self.pools.get(name) {
                Some(pool) if self.config.0.get(name) != Some(vms) => {
                    cx.send(pool, Resize(*vms));
                }
                Some(_) => {}
                None => {
                    let pool = cx.create::<PoolManager>(PoolInit {
                        // Another pool of the name may still be deleting its VMs.
                        name: format!("{name}.{}", self.followed),
                        vms: *vms,
                        chance: self.init.chance,
                    });
                    self.pools.insert(name.clone(), pool);
                }
            }
        }
        self.config = config;
        let goal = GoalSet {
            followed: self.followed,
            pools: self.config.0.len() as u64,
            vms: self.config.vms(),
        };
        cx.monitor::<PoolsAtGoal, _>(|| goal);
    }
}
