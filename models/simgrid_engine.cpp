#include "models/simgrid_engine.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u.hpp>
#include <unordered_map>
#include <utility>

namespace firedrill {
namespace sg = simgrid::s4u;
using simgrid::kernel::timer::Timer;

namespace {

// A flow needs a size, and SimGrid ends it when the size has passed. Exact in a double.
constexpr double kEndlessBytes = 1e18;
// Half a microsecond: the agenda's dates are whole ones.
constexpr double kSameInstantS = 0.5e-6;
// The least bandwidth a link may have; SimGrid refuses zero.
constexpr double kLeastBytesPerS = 1e-3;
// What a lane's own link has while a flow starts: SimGrid bounds a flow for good by the narrowest
// link of its route at that moment, so that its limit could never be raised.
constexpr double kUnlimitedBytesPerS = 1e15;

std::vector<std::string> arguments() {
  std::vector<std::string> list = {"firedrill",
                                   "--log=root.thres:critical",
                                   "--log=no_loc",
                                   "--cfg=network/model:CM02",
                                   "--cfg=network/TCP-gamma:0",
                                   "--cfg=network/crosstraffic:0"};
#if defined(__SANITIZE_ADDRESS__)
  // SimGrid's own contexts switch stacks under the address sanitizer's feet.
  list.emplace_back("--cfg=contexts/factory:thread");
#endif
  return list;
}

/// SimGrid edits the argument vector it is given, so it gets one of its own.
struct PrivateArguments {
  std::vector<std::string> text = arguments();
  std::vector<char*> pointers;
  int count;
  PrivateArguments() {
    for (std::string& word : text) pointers.push_back(word.data());
    count = static_cast<int>(pointers.size());
    pointers.push_back(nullptr);
  }
};

}  // namespace

class SimGridEngine::Impl final : public AgendaDriver {
  struct Shared {
    sg::Link* link;
    double bytes_per_s;
    double bytes_per_s_now;
  };
  struct Lane {
    sg::Host* source;
    sg::Link* link;
    std::vector<SharedLinkIndex> through;
    Flow* flow = nullptr;
    sg::CommPtr comm;  // null while the flow waits for SimGrid's clock
    double bytes = 0;
    double limit = 0;
  };

 public:
  Impl(const std::vector<SharedLinkPlan>& links, const std::vector<LanePlan>& lanes)
      : engine_(&arguments_.count, arguments_.pointers.data()) {
    auto* zone = sg::create_full_zone("world");
    for (const SharedLinkPlan& plan : links) {
      auto* link =
          zone->create_link("link-" + plan.name, std::max(plan.bytes_per_s, kLeastBytesPerS));
      link->set_latency(to_seconds(plan.latency))->seal();
      shared_.push_back({link, plan.bytes_per_s, plan.bytes_per_s});
    }
    auto* sink = lanes.empty() ? nullptr : zone->create_host("sink", 1.0);
    for (std::size_t i = 0; i < lanes.size(); ++i) add_lane(zone, sink, i, lanes[i]);
    zone->seal();
    agenda.set_driver(this);
    sg::Activity::on_completion_cb([this](const sg::Activity& activity) { flow_ended(activity); });
  }

  void earliest_changed(TimePoint date) override {
    if (!running_batch_ && !stopped_) arm(date);
  }

  DrillEnd drive(Task<void>& root, TimePoint horizon) {
    root_ = &root;
    horizon_ = horizon;
    stopped_ = false;
    timer_ = Timer::set(date_s(TimePoint{}), [this] { begin(); });
    engine_.run();
    root_ = nullptr;
    if (root.done()) return DrillEnd::kCompleted;
    return past_horizon_ ? DrillEnd::kPastHorizon : DrillEnd::kStalled;
  }

  void reset() {
    if (!flows_.empty()) std::abort();  // a flow would outlive its drill
    for (Shared& link : shared_) {
      if (!link.link->is_on()) link.link->turn_on();
      if (link.bytes_per_s_now == link.bytes_per_s) continue;
      link.bytes_per_s_now = link.bytes_per_s;
      link.link->set_bandwidth(std::max(link.bytes_per_s, kLeastBytesPerS));
    }
    finished_.clear();
    agenda.reset();
    epoch_s_ = sg::Engine::get_clock();
    past_horizon_ = false;
  }

  void start(Flow& flow, double bytes, double limit) {
    Lane& lane = lanes_[flow.lane_.value];
    if (!passable(lane)) return;
    if (lane.flow != nullptr) std::abort();  // a lane carries one flow at a time
    lane.flow = &flow;
    lane.bytes = bytes;
    lane.limit = limit;
    flow.running_ = true;
    if (agenda_is_ahead()) {
      waiting_lanes_.push_back(flow.lane_.value);
    } else {
      open(flow.lane_.value);
    }
  }

  bool passable(const Lane& lane) const {
    return std::all_of(lane.through.begin(), lane.through.end(),
                       [&](SharedLinkIndex link) { return shared_[link.value].link->is_on(); });
  }

  void open(std::uint32_t index) {
    Lane& lane = lanes_[index];
    if (!passable(lane)) {  // it went off in the very instant of the start
      Flow& flow = *std::exchange(lane.flow, nullptr);
      flow.running_ = false;
      if (flow.waiting_) agenda.schedule(flow.entry_, agenda.now(), flow.waiting_);
      return;
    }
    lane.link->set_bandwidth(kUnlimitedBytesPerS);
    auto comm = sg::Comm::sendto_init();
    comm->set_payload_size(static_cast<std::uint64_t>(std::min(lane.bytes, kEndlessBytes)));
    comm->set_source(lane.source);
    comm->set_destination(sink_);  // this starts it
    lane.link->set_bandwidth(std::max(lane.limit, kLeastBytesPerS));
    lane.comm = comm;
    flows_.emplace(comm.get(), index);
  }

  void drop(Flow& flow) {
    agenda.cancel(flow.entry_);
    if (!flow.running_) return;
    Lane& lane = lanes_[flow.lane_.value];
    lane.flow = nullptr;
    flow.running_ = false;
    if (!lane.comm) {
      std::erase(waiting_lanes_, flow.lane_.value);
      return;
    }
    flows_.erase(lane.comm.get());
    retire(lane)->cancel();
  }

  double share_of(const Flow& flow) const {
    return flow.running_ ? lanes_[flow.lane_.value].link->get_usage() : 0.0;
  }
  void limit(const Flow& flow, double bytes_per_s) {
    lanes_[flow.lane_.value].limit = bytes_per_s;
    lanes_[flow.lane_.value].link->set_bandwidth(std::max(bytes_per_s, kLeastBytesPerS));
  }
  void set_link_up(SharedLinkIndex index, bool up) {
    auto* link = shared_[index.value].link;
    if (up == link->is_on()) return;
    if (up) {
      link->turn_on();
    } else {
      link->turn_off();
    }
  }
  bool link_up(SharedLinkIndex index) const { return shared_[index.value].link->is_on(); }
  void set_link_bytes_per_s(SharedLinkIndex index, double bytes_per_s) {
    Shared& shared = shared_[index.value];
    if (shared.bytes_per_s_now == bytes_per_s) return;
    shared.bytes_per_s_now = bytes_per_s;
    shared.link->set_bandwidth(std::max(bytes_per_s, kLeastBytesPerS));
  }
  std::size_t flows() const { return flows_.size(); }

  Agenda agenda;

 private:
  void add_lane(sg::NetZone* zone, sg::Host* sink, std::size_t i, const LanePlan& plan) {
    const std::string name = "lane-" + std::to_string(i);
    auto* source = zone->create_host(name, 1.0);
    auto* link = zone->create_link(name, 1.0);
    link->set_latency(0)->seal();
    std::vector<sg::LinkInRoute> route = {sg::LinkInRoute(link)};
    for (const SharedLinkIndex through : plan.through) {
      route.emplace_back(shared_[through.value].link);
    }
    zone->add_route(source->get_netpoint(), sink->get_netpoint(), nullptr, nullptr, route);
    lanes_.push_back({source, link, plan.through, nullptr, nullptr, 0, 0});
    sink_ = sink;
  }

  double date_s(TimePoint date) const { return epoch_s_ + to_seconds(date - TimePoint{}); }

  void arm(TimePoint date) {
    const TimePoint next = std::min(date, horizon_);
    if (timer_ != nullptr && armed_for_ <= next) return;
    disarm();
    armed_for_ = next;
    // A flow ends between two microseconds; the instant it is rounded to may just have passed.
    timer_ = Timer::set(std::max(date_s(next), sg::Engine::get_clock()), [this] { ring(); });
  }

  void disarm() {
    if (timer_ == nullptr) return;
    timer_->remove();
    timer_ = nullptr;
  }

  void begin() {
    timer_ = nullptr;  // SimGrid deletes a timer that has run
    running_batch_ = true;
    root_->start(nullptr);
    after_batch();
  }

  /// The date has come: everything due is resumed, then the clock is set for the next one. While no
  /// flow is under way there is nothing that SimGrid could compute between two dates, and the
  /// agenda goes on alone; a flow that starts then waits for SimGrid's clock to come to the same
  /// instant.
  void ring() {
    timer_ = nullptr;
    std::erase_if(finished_,
                  [](const Retired& flow) { return flow.at_s < sg::Engine::get_clock(); });
    TimePoint date = armed_for_;
    running_batch_ = true;
    for (const std::uint32_t lane : std::exchange(waiting_lanes_, {})) open(lane);
    for (;;) {
      if (agenda.empty() ||
          agenda.earliest() > date) {  // nothing but the horizon, or a flow's start
        if (date < horizon_) break;
        past_horizon_ = !agenda.empty();
        stop();
        return;
      }
      agenda.run_until(date);
      const bool alone = flows_.empty() && waiting_lanes_.empty() && !root_->done();
      if (!alone || agenda.empty() || agenda.earliest() >= horizon_) break;
      date = agenda.earliest();
    }
    after_batch();
  }

  bool agenda_is_ahead() const {
    return date_s(agenda.now()) > sg::Engine::get_clock() + kSameInstantS;
  }

  void after_batch() {
    running_batch_ = false;
    if (root_->done()) {
      stop();
    } else if (!waiting_lanes_.empty()) {
      arm(agenda.now());
    } else if (!agenda.empty()) {
      arm(agenda.earliest());
    } else if (!flows_.empty()) {
      arm(horizon_);  // only flows go on; some never end
    } else {
      stop();
    }
  }

  /// Lets `Engine::run` return: no timer, and no flow, since some go on for ever.
  void stop() {
    stopped_ = true;
    disarm();
    flows_.clear();
    waiting_lanes_.clear();
    for (Lane& lane : lanes_) {
      if (lane.flow == nullptr) continue;
      lane.flow->running_ = false;
      lane.flow = nullptr;
      if (lane.comm) retire(lane)->cancel();
    }
  }

  /// SimGrid still looks at a flow after it has ended or was cancelled, and several timers can ring
  /// before it does: a flow is freed once SimGrid's clock has gone on.
  sg::Comm* retire(Lane& lane) {
    finished_.push_back({std::move(lane.comm), sg::Engine::get_clock()});
    lane.comm = nullptr;
    return finished_.back().comm.get();
  }

  void flow_ended(const sg::Activity& activity) {
    const auto known = flows_.find(&activity);
    if (known == flows_.end()) return;
    Lane& lane = lanes_[known->second];
    flows_.erase(known);
    Flow& flow = *lane.flow;
    lane.flow = nullptr;
    retire(lane);
    flow.running_ = false;
    flow.arrived_ = activity.get_state() == sg::Activity::State::FINISHED;
    if (!flow.waiting_) return;
    advance();
    agenda.schedule(flow.entry_, agenda.now(), flow.waiting_);
  }

  /// Flows end between dates of the agenda: brings its clock to SimGrid's, to the nearest
  /// microsecond.
  void advance() {
    if (running_batch_) return;
    TimePoint now = TimePoint{} + duration_from_seconds(sg::Engine::get_clock() - epoch_s_);
    now = std::max(now, agenda.now());
    if (!agenda.empty()) now = std::min(now, agenda.earliest());
    agenda.advance_to(now);
  }

  PrivateArguments arguments_;
  sg::Engine engine_;
  std::vector<Shared> shared_;
  std::vector<Lane> lanes_;
  sg::Host* sink_ = nullptr;
  std::unordered_map<const sg::Activity*, std::uint32_t> flows_;  // looked up, never iterated
  std::vector<std::uint32_t> waiting_lanes_;  // flows that wait for SimGrid's clock
  struct Retired {
    sg::CommPtr comm;
    double at_s;
  };
  std::vector<Retired> finished_;
  Timer* timer_ = nullptr;
  TimePoint armed_for_ = TimePoint::never();
  TimePoint horizon_ = TimePoint::never();
  double epoch_s_ = 0;
  Task<void>* root_ = nullptr;
  bool running_batch_ = false;
  bool stopped_ = true;
  bool past_horizon_ = false;
};

SimGridEngine::SimGridEngine(const std::vector<SharedLinkPlan>& links,
                             const std::vector<LanePlan>& lanes)
    : impl_(std::make_unique<Impl>(links, lanes)) {}
SimGridEngine::~SimGridEngine() = default;

Agenda& SimGridEngine::agenda() { return impl_->agenda; }
DrillEnd SimGridEngine::drive(Task<void>& root, TimePoint horizon) {
  return impl_->drive(root, horizon);
}
void SimGridEngine::reset() { impl_->reset(); }
void SimGridEngine::set_link_up(SharedLinkIndex link, bool up) { impl_->set_link_up(link, up); }
void SimGridEngine::set_link_bytes_per_s(SharedLinkIndex link, double bytes_per_s) {
  impl_->set_link_bytes_per_s(link, bytes_per_s);
}
bool SimGridEngine::link_up(SharedLinkIndex link) const { return impl_->link_up(link); }
std::size_t SimGridEngine::flows() const { return impl_->flows(); }

SimGridEngine::Flow::Flow(SimGridEngine& engine, LaneIndex lane, double bytes,
                          double bytes_per_s_max)
    : engine_(engine), lane_(lane) {
  engine_.impl_->start(*this, bytes, bytes_per_s_max);
}
SimGridEngine::Flow::~Flow() { engine_.impl_->drop(*this); }
double SimGridEngine::Flow::bytes_per_s() const { return engine_.impl_->share_of(*this); }
void SimGridEngine::Flow::set_bytes_per_s_max(double limit) { engine_.impl_->limit(*this, limit); }

}  // namespace firedrill
