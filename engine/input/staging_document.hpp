// A staging account that a drill may touch: which one it is, what stands there for the components
// of a system, what may be done to it, and what ends the drill. Its defaults are here, as those of
// the other documents are in documents.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/date.hpp"
#include "engine/input/documents.hpp"

namespace firedrill {

/// Which account a drill runs in. The block-list is for those it must never run in.
struct AccountsSpec {
  std::vector<Name> allowed;  // ids of 12 digits
  std::vector<Name> blocked;  // never empty: whoever writes it has thought of production
  std::string alias;          // of the account; typed again by whoever starts a run
  Name role;  // the role made for drills; empty: only where endpoints are on loopback
};

/// Whatever is touched carries this tag, read just before the call.
struct OptInTagSpec {
  std::string key;
  std::string value;
};

/// What stands in the account for one component of the system.
struct ResourceSpec {
  Name component;
  std::string id;                          // what AWS calls it: a name, an identifier, an ARN
  Name region;                             // empty: the region of the component
  std::string cluster;                     // of an ecs:service: the ECS cluster
  std::string known_good;                  // of an ecs:service: the revision to go back to
  std::string bad_revision;                // of an ecs:service: one that fails, for faults
  std::string log_group;                   // of an ecs:service
  std::vector<std::string> target_groups;  // ARNs; of an ecs:service or a load balancer
  std::string address;                     // of a load balancer: its DNS name
  std::string address_zone;                // of a load balancer: the hosted zone of that name
  std::string hosted_zone;                 // of a record
  std::string record_type = "CNAME";       // of a record: CNAME, or A for an alias
  std::string origin;                      // of a distribution: id of the origin that is changed
  std::string global_cluster;              // of a database cluster that belongs to one
  std::string cluster_arn;                 // of a database cluster, to be the target of a failover
  std::string snapshot;                    // of a backup plan: what is restored
  std::string engine;                      // of a database cluster that is restored
  std::string instance_class;              // of instances that a step creates
  std::string user;                        // of a credential: the IAM user whose keys they are
};

/// The CloudWatch alarm that stands for an alarm of the system.
struct StagingAlarmSpec {
  Name alarm;
  std::string id;
  Name region;
};

/// One look at whether a service serves. All of its checks must hold.
struct ServiceCheckSpec {
  std::string observe;     // one of kServiceChecks
  std::string url;         // http
  std::string holds_text;  // http: what the answer must hold; empty: whatever it says
  std::int64_t status = 200;
  Name component;     // ecs-stable, targets-healthy, writer
  std::string alarm;  // alarm-ok: the CloudWatch alarm
  Name region;
  Duration timeout = Duration::seconds(5);
};
struct StagingServiceSpec {
  Name service;
  std::vector<ServiceCheckSpec> checks;
};

/// Rows that are written to a store all the time, to see afterwards which of them survived.
struct HeartbeatSpec {
  Name store;
  std::string kind;     // one of kHeartbeatKinds
  std::string primary;  // where rows are written: libpq words without a password, table or bucket
  std::string copy;     // where they are read after the recovery
  Name primary_region;
  Name copy_region;
  std::string table = "firedrill_heartbeat";  // or the prefix of keys
  Duration interval = Duration::seconds(1);
};

/// A CloudWatch alarm that ends the drill.
struct StopConditionSpec {
  std::string alarm;
  Name region;
};

/// How much a drill may change.
struct LimitsSpec {
  std::int64_t resources = 10;      // changed in all
  std::int64_t concurrent = 4;      // changing calls at a time
  std::int64_t desired_count = 20;  // that a service may be scaled to
  bool allow_scale_to_zero = false;
  bool allow_open_to_all = false;  // 0.0.0.0/0 and ::/0
  bool allow_commands = false;     // of the AWS CLI
  Duration step = Duration::minutes(30);
  Duration run = Duration::hours(4);
  double calls_per_s = 5;  // to each service, so that on-call people keep theirs
  /// Of what a step restores from, and of what a step makes the primary; absent: only told.
  std::optional<Duration> snapshot_age;
  std::optional<Duration> replica_lag;
};

/// Somebody says yes to a step that cannot be undone.
struct StagingApprovalSpec {
  Name step;  // RUNBOOK/STEP
  std::string by;
  std::string reason;
};

/// What is answered for a person when nobody is at the terminal.
struct StagingAnswerSpec {
  Name step;  // RUNBOOK/STEP
  std::string answer = "done";
  std::string note;
  Duration takes;
};

/// How much of a quota a drill needs: what it scales in the standby region must fit.
struct QuotaSpec {
  std::string service;  // as the quotas service calls it: "fargate"
  std::string code;     // "L-3032A538"
  Name region;
  double at_least = 0;  // in the quota's own unit
};

/// A command of the AWS CLI that does a step which no operation is bound to.
struct StagingCommandSpec {
  Name step;                      // RUNBOOK/STEP
  std::vector<std::string> run;   // "aws", service, operation, options: words, never a shell
  Name region;                    // that it runs in
  std::string resource;           // ARN of what it changes
  std::vector<std::string> look;  // a command that prints the state it changes, and only that
  std::vector<std::string> undo;  // a command that puts it back; empty: nothing does
  Origin at;
};

/// How a fault of the scenario is caused in the account.
struct StagingFaultSpec {
  Name fault;                // its id in the scenario
  std::string cause;         // one of kFaultCauses
  std::string template_id;   // fis: an experiment template that is there
  std::string role;          // fis: the role that an experiment made for the drill runs as
  std::string instructions;  // by-hand: what a person does, and how it is taken back
};

/// A parameter of SSM that is there while a run is under way, so that another machine sees it.
struct StagingLockSpec {
  std::string parameter;
  Name region;
};

/// Days, both included and in UTC, on which no drill is run.
struct BlackoutSpec {
  Date from{};
  Date to{};
  std::string reason;
  Origin at;
};

struct StagingDocument {
  Metadata metadata;
  std::string title;
  std::string system;  // metadata.name of the system
  AccountsSpec accounts;
  std::vector<Name> regions;
  std::string endpoints = "aws";  // or loopback
  OptInTagSpec opt_in_tag;
  std::vector<ResourceSpec> resources;
  std::vector<StagingAlarmSpec> alarms;
  std::vector<StagingServiceSpec> services;
  std::vector<HeartbeatSpec> heartbeats;
  std::vector<StopConditionSpec> stop_conditions;
  LimitsSpec limits;
  std::vector<StagingApprovalSpec> approvals;
  std::vector<StagingAnswerSpec> answers;
  std::vector<StagingFaultSpec> faults;
  std::vector<StagingCommandSpec> commands;
  std::vector<QuotaSpec> quotas;
  std::vector<BlackoutSpec> blackouts;
  std::optional<StagingLockSpec> lock;  // absent: only runs on one machine keep off each other
  std::vector<std::string> veto;  // a program and its arguments; anything but success is a veto
  std::optional<Duration> hold;   // of every service; absent: as the system says
  Duration poll_interval = Duration::seconds(15);
  std::string rollback = "ask";
};

}  // namespace firedrill
