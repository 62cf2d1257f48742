// One small valid document of each kind that uses every field, for tests that break them.
#pragma once

namespace firedrill::testing {

inline constexpr const char* kSampleSystem = R"json({
  "$schema": "https://firedrill.dev/schemas/v1/system.json",
  "$comment": "two regions",
  "apiVersion": "firedrill/v1",
  "kind": "System",
  "metadata": {"name": "shop", "labels": {"owner": "platform"}},
  "title": "Shop",
  "regions": [
    {"name": "east", "zones": ["east-a", "east-b"]},
    {"name": "west", "zones": ["west-a"]}
  ],
  "links": [
{"name": "east-west", "from": "east", "to": "west", "bandwidth": "5 Gbit/s", "latency": "PT0.035S"}
  ],
  "control_planes": [{"service": "route53", "hosted_in": "east", "error_share": 0.001}],
  "tiers": [
    {"name": "tier-1", "rto": "PT15M", "rpo": "PT1M", "slo": 0.9995, "required_share": 0.95}
  ],
  "components": [
    {"name": "shop-east", "kind": "ecs:service",
     "with": {"region": "east", "cluster": "ecs-east", "load_balancer": "lb-east",
              "registry": "ecr-east", "desired_count": 4, "production_count": 4,
              "image_size": "400 MiB", "exists": true, "minimum_healthy_percent": 100,
              "maximum_percent": 200, "circuit_breaker": true,
              "health_check_grace_period": "PT1M"},
     "timings": {"app_boot": "shop.boot"}},
    {"name": "ecs-east", "kind": "ecs:cluster",
     "with": {"region": "east", "task_quota": 500, "task_quota_if_forgotten": 100}},
{"name": "ecr-east", "kind": "ecr:registry", "with": {"region": "east", "bandwidth": "5 Gbit/s"}},
    {"name": "lb-east", "kind": "elbv2:load-balancer",
     "with": {"region": "east", "health_check_interval": "PT30S"}},
    {"name": "shop-dns", "kind": "route53:record",
     "with": {"primary": "lb-east", "secondary": "cdn", "ttl": "PT60S",
              "health_check_interval": "PT10S", "health_check_failures": 3}},
    {"name": "cdn", "kind": "cloudfront:distribution", "with": {"origin": "lb-east"}},
    {"name": "db-east", "kind": "aurora:cluster",
     "with": {"region": "east", "engine": "aurora-mysql", "zones": ["east-a"], "size": "512 GiB",
              "write_rate": "2 MiB/s", "replicates_from": "db-west", "exists": true}},
    {"name": "carts-east", "kind": "dynamodb:table",
     "with": {"region": "east", "global_table": "carts", "write_rate": "256 KiB/s"}},
    {"name": "media-east", "kind": "s3:bucket",
     "with": {"region": "east", "replicates_from": "media-west", "write_rate": "30 /min",
              "object_size": "1 MiB", "replication_time_control": true}},
    {"name": "nightly", "kind": "backup:plan",
     "with": {"source": "db-east", "restores": "db-west", "interval": "P1D",
              "restore_rate": "100 MiB/s"}},
    {"name": "orders-schema", "kind": "db:schema", "with": {"cluster": "db-east"}},
    {"name": "network", "kind": "terraform:module", "with": {"region": "east"}}
  ],
  "stores": [{"name": "orders", "members": ["db-east"]}],
  "services": [
    {"name": "shop", "tier": "tier-1", "entry": "shop-dns", "sites": ["shop-east"],
     "stores": ["orders"], "needs": ["auth"], "uses": ["search"], "full_load_tasks": 4,
     "threshold": 0.9, "hold": "PT5M", "judged": true}
  ],
  "alarms": [
    {"name": "errors", "metric": "alb:target_5xx_share", "of": "lb-east", "reported_in": "east",
     "threshold": 0.05, "period": "PT1M", "datapoints": 3, "severity": "sev-1", "pages": true}
  ],
  "severities": [
    {"name": "sev-1", "when": [{"tier": "tier-1", "served_at_most": 0}], "pages": ["lead"],
     "unresolved": [{"role": "lead", "after": "PT30M"}], "respond_within": "PT5M",
     "stabilise_within": "PT15M", "resolve_within": "PT1H", "status_update_every": "PT15M"}
  ],
  "changes": {
    "windows": [{"days": ["tuesday"], "from": "06:00", "to": "08:00"}],
    "blackout_business_days": 2,
    "categories": [{"name": "normal", "lead_time": "P1D", "approved_by": "lead",
                    "approval": "people.cli", "in_window": true}]
  },
  "people": {
    "roles": [
{"name": "on-call", "persons": ["ada"], "office_hours_only": false, "acknowledges": "directly",
 "deputy": "lead", "deputy_after": "PT10M"},
{"name": "lead", "persons": ["ben"]}
    ],
    "escalation": [{"role": "on-call", "acknowledge_within": "PT5M"}],
    "status_updates_by": "on-call",
    "office_hours": {"from": "09:00", "to": "17:30"},
    "asleep": {"from": "23:00", "to": "07:00"}
  },
  "error_budget": {
    "window": "P30D", "used": 0.25, "policies": [{"over": 0.5, "effect": "a second sign-off"}]
  },
  "drill_calendar": [{"tier": "tier-1", "every_months": 3}],
  "outage_runbooks": ["runbooks/region-failover.json"],
  "timings": [
    {"id": "shop.boot", "unit": "s",
     "distribution": {"family": "pert", "min": 10, "mode": 20, "max": 60},
     "source": "boot log", "figure": "20 s", "confidence": "measured", "note": "32 starts"}
  ],
  "assumptions": [{"subject": "image size", "value": "400 MiB", "reason": "not stated"}]
}
)json";

inline constexpr const char* kSampleRunbook = R"json({
  "apiVersion": "firedrill/v1",
  "kind": "Runbook",
  "metadata": {"name": "region-failover"},
  "title": "Region failover",
  "source": "DR plan, 6.4",
  "trigger": {"alarms": ["errors"]},
  "severity": "sev-1",
  "pages": ["lead"],
  "change": "normal",
  "escalation": [{"when": {"observe": "ecs:services-stable", "is": false}, "for": "PT5M",
                  "severity": "sev-1", "pages": ["lead"]}],
  "steps": [
    {"id": "decide", "title": "Decide", "document": "6.4 step 1", "role": "commander",
     "uses": "human:decide", "decides": true, "on_failure": "abort"},
    {"id": "scale", "uses": "ecs:UpdateService",
     "with": {"service": "shop-west", "count": 4, "force": true, "$comment": "warm"},
     "needs": ["decide"],
     "when": {"observe": "ecs:services-stable", "with": {"service": "shop-west"}, "is": false},
     "verify": {"observe": "ecs:services-stable"},
     "timeout": "PT10M", "retry": {"attempts": 3, "delay": "PT30S"},
     "on_failure": "step:decide", "rollback": "decide", "time": "people.cli", "change": "normal",
     "irreversible": true}
  ],
  "verification": [{"id": "check", "uses": "human:check"}],
  "assumptions": []
}
)json";

inline constexpr const char* kSampleScenario = R"json({
  "apiVersion": "firedrill/v1",
  "kind": "Scenario",
  "metadata": {"name": "region-loss"},
  "title": "Region loss",
  "question": "How long are customers without the shop?",
  "expected": "An hour, since people have to be woken.",
  "system": "system.json",
  "runbooks": ["runbooks/region-failover.json"],
  "timings": ["measured.json"],
  "faults": [
    {"id": "east-down", "uses": "fault:region-loss", "with": {"region": "east"}, "at": "PT10M",
     "lasts": "PT6H", "probability": 1}
  ],
  "start": {"day": "weekday", "time": "asleep", "date": "2026-03-03"},
  "absent": ["commander"],
  "behaviours": {"people.wait-for-provider": 0.5},
  "targets": [
    {"service": "shop", "objective": "rto", "limit": "PT2H", "required_share": 0.95},
    {"service": "shop", "objective": "rpo", "limit": "PT1M"},
    {"runbook": "region-failover", "step": "scale", "objective": "completion", "from": "detected",
     "limit": "PT15M"},
    {"severity": "sev-1", "objective": "response", "limit": "PT5M"}
  ],
  "error_budget_used": 0.5,
  "runs": 1000,
  "horizon": "P1D",
  "assumptions": []
}
)json";

inline constexpr const char* kSampleTimings = R"json({
  "apiVersion": "firedrill/v1",
  "kind": "TimingLibrary",
  "metadata": {"name": "library"},
  "timings": [
    {"id": "a", "unit": "s", "distribution": {"family": "constant", "value": 60},
     "source": "guide", "confidence": "documented"},
    {"id": "b", "unit": "s", "distribution": {"family": "uniform", "min": 0, "max": 60},
     "source": "guide", "confidence": "reported"},
{"id": "c", "unit": "s", "distribution": {"family": "triangular", "min": 0, "mode": 1, "max": 2},
     "source": "guide", "confidence": "estimate"},
    {"id": "d", "unit": "s", "distribution": {"family": "exponential", "mean": 5},
     "source": "guide", "confidence": "estimate"},
    {"id": "e", "unit": "s",
     "distribution": {"family": "lognormal", "p50": 55, "p95": 150, "truncate_max": 300},
     "source": "guide", "confidence": "estimate"},
    {"id": "f", "unit": "s",
     "distribution": {"family": "lognormal", "mu": 4, "sigma": 0.5, "truncate_min": 5},
     "source": "guide", "confidence": "estimate"},
    {"id": "g", "unit": "s", "distribution": {"family": "gamma", "shape": 2, "scale": 30},
     "source": "guide", "confidence": "estimate"},
    {"id": "h", "unit": "s", "distribution": {"family": "weibull", "shape": 2, "scale": 30},
     "source": "guide", "confidence": "estimate"},
    {"id": "i", "unit": "s", "distribution": {"family": "empirical", "values": [1, 2, 3.5]},
     "source": "guide", "confidence": "estimate"}
  ]
}
)json";

inline constexpr const char* kSampleOverlay = R"json({
  "apiVersion": "firedrill/v1",
  "kind": "Overlay",
  "metadata": {"name": "hot-standby"},
  "title": "West at full scale",
  "scenario": {"start": {"time": "asleep"}},
  "system": {"components": {"shop-west": {"with": {"desired_count": 4}}}},
  "runbooks": {"region-failover": {"steps": {"decide": null}}},
  "timings": {"people.cli": "x0.5"},
  "steps": {"region-failover/scale": "PT1M"}
}
)json";

inline constexpr const char* kSampleOutage = R"json({
  "apiVersion": "firedrill/v1",
  "kind": "Outage",
  "metadata": {"name": "that-day", "labels": {"year": "2025"}},
  "title": "A table cannot be reached, then nothing can be launched",
  "happened_on": "2025-10-20",
  "happened_in": "us-east-1",
  "effects": [
    {"id": "requests", "strikes": "components", "kinds": ["dynamodb:table"], "where": "everywhere",
     "at": "PT1M", "ramp": "PT10M", "lasts": "PT172M", "share": 0.9, "probability": 0.5},
    {"id": "launches", "strikes": "control-plane", "services": ["ecs"], "lasts": "PT8H"},
    {"id": "zone", "strikes": "zone", "lasts": "PT1H"}
  ],
  "source": "a summary after the event",
  "confidence": "reported",
  "assumptions": [{"subject": "share", "value": "90 %", "reason": "not published"}]
}
)json";

inline constexpr const char* kSampleStaging = R"json({
  "apiVersion": "firedrill/v1",
  "kind": "Staging",
  "metadata": {"name": "shop-staging"},
  "system": "shop",
  "accounts": {"allowed": ["111122223333"], "blocked": ["999999999999"], "alias": "shop-staging",
               "role": "drills"},
  "regions": ["west", "east"],
  "opt_in_tag": {"key": "dr-drill", "value": "allowed"},
  "resources": [{"component": "shop-west", "id": "shop", "cluster": "staging", "region": "west"}],
  "alarms": [{"alarm": "down", "id": "shop-down", "region": "west"}],
  "services": [{"service": "shop", "checks": [
    {"observe": "http", "url": "https://shop.example/health", "timeout": "PT2S"}]}],
  "heartbeats": [{"store": "orders", "kind": "dynamodb", "primary": "beats", "copy": "beats",
                  "primary_region": "west", "copy_region": "east", "interval": "PT1S"}],
  "stop_conditions": [{"alarm": "customers-hurt", "region": "west"}],
  "limits": {"resources": 3, "step": "PT5M", "snapshot_age": "PT24H", "replica_lag": "PT5S"},
  "approvals": [{"step": "region-failover/promote", "by": "head of platform", "reason": "a copy"}],
  "answers": [{"step": "region-failover/decide", "answer": "done", "takes": "PT1S"}],
  "faults": [{"fault": "region", "cause": "by-hand", "instructions": "block the subnets"}],
  "blackouts": [{"from": "2026-12-20", "to": "2027-01-02", "reason": "year end"}],
  "veto": ["/usr/bin/true"],
  "lock": {"parameter": "/drills/lock", "region": "west"},
  "hold": "PT1M",
  "poll_interval": "PT5S",
  "rollback": "always"
}
)json";

inline constexpr const char* kSampleDrillRecord = R"json({
  "apiVersion": "firedrill/v1",
  "kind": "DrillRecord",
  "metadata": {"name": "2026-11-02-region-loss"},
  "date": "2026-11-02",
  "system": "shop",
  "scenario": "region-loss",
  "tiers": ["tier-1"],
  "verdict": "missed",
  "result_sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
}
)json";

}  // namespace firedrill::testing
