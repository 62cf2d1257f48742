#include "engine/base/random.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

namespace firedrill {
namespace {

using Philox = r123::Philox4x32;

/// Pearson's correlation of two samples of equal size.
double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const double n = static_cast<double>(x.size());
  double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sx += x[i];
    sy += y[i];
    sxx += x[i] * x[i];
    syy += y[i] * y[i];
    sxy += x[i] * y[i];
  }
  return (n * sxy - sx * sy) / std::sqrt((n * sxx - sx * sx) * (n * syy - sy * sy));
}

/// Chi-square of `sample` over `cells` equal cells of (0, 1).
double chi_square(const std::vector<double>& sample, std::size_t cells) {
  std::vector<double> seen(cells, 0.0);
  for (const double u : sample) {
    seen[static_cast<std::size_t>(u * static_cast<double>(cells))] += 1;
  }
  const double expected = static_cast<double>(sample.size()) / static_cast<double>(cells);
  double sum = 0;
  for (const double n : seen) {
    sum += (n - expected) * (n - expected) / expected;
  }
  return sum;
}

// The chi-square distribution with 255 degrees of freedom has mean 255 and standard deviation
// sqrt(510) = 22.6. A normal approximation puts 1 - 1e-6 of it below 255 + 4.9 * 22.6 = 366, and as
// much above 255 - 4.9 * 22.6 = 144. The draws are fixed, so these tests never flicker.
constexpr double kChiSquareLow = 144;
constexpr double kChiSquareHigh = 366;

TEST_CASE("Philox4x32-10 gives the known answers of its authors", "[random][unit]") {
  // Three lines of kat_vectors in the Random123 distribution.
  Philox philox;
  CHECK(philox({{0, 0, 0, 0}}, {{0, 0}}) ==
        Philox::ctr_type{{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}});
  CHECK(philox({{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}}, {{0xffffffff, 0xffffffff}}) ==
        Philox::ctr_type{{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}});
  CHECK(philox({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, {{0xa4093822, 0x299f31d0}}) ==
        Philox::ctr_type{{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}});
}

TEST_CASE("entity keys never change", "[random][unit]") {
  // Computed with an independent program in another language.
  CHECK(entity_key("").value == 0xefd01f60ba992926ULL);
  CHECK(entity_key("a").value == 0x82a2a958a9bece5bULL);
  CHECK(entity_key("step:decide").value == 0x8fef733b899e137fULL);
  CHECK(entity_key("runbook/step \xc3\xa9").value == 0xbb0ae7495563f034ULL);
}

TEST_CASE("draws never change", "[random][unit]") {
  // Computed with an independent program in another language: key = seed (low word first),
  // counter = (draw number, replication, entity high, entity low), words 1 and 0 of the block.
  const EntityKey step = entity_key("step:decide");
  CHECK(DrillDraws(1, 0).bits(step, 0) == 0x1cc71eec537d80f7ULL);
  CHECK(DrillDraws(1, 0).uniform(step, 0) == 0.1124133421867467);
  CHECK(DrillDraws(1, 7).bits(step, 3) == 0x091e707ac3937586ULL);
  CHECK(DrillDraws(1, 7).uniform(step, 3) == 0.03562071797530375);
  const DrillDraws far(0x0123456789abcdefULL, (5ULL << 32) + 9);
  CHECK(far.bits(entity_key("a"), 2) == 0xedfb60b6390ad092ULL);
  CHECK(far.uniform(entity_key("a"), 2) == 0.9296169705276428);
}

TEST_CASE("replications beyond 2^32 do not repeat the first ones", "[random][unit]") {
  const EntityKey step = entity_key("step");
  CHECK(DrillDraws(1, 3).bits(step, 0) != DrillDraws(1, (1ULL << 32) + 3).bits(step, 0));
  CHECK(DrillDraws(1, (1ULL << 32) + 3).bits(step, 0) !=
        DrillDraws(1, (2ULL << 32) + 3).bits(step, 0));
}

TEST_CASE("the lowest and the highest draw stay inside the open interval", "[random][unit]") {
  // What uniform() computes, at both ends of its lattice.
  const auto lattice = [](std::uint64_t bits) {
    return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52;
  };
  CHECK(lattice(0) == 0x1p-53);
  CHECK(lattice(~0ULL) == 1.0 - 0x1p-53);
  CHECK(lattice(~0ULL) < 1.0);
}

TEST_CASE("successive draws of an entity are uniform and uncorrelated", "[random][unit]") {
  Stream stream(DrillDraws(20, 0), entity_key("step"));
  std::vector<double> sample;
  for (int i = 0; i < 100'000; ++i) {
    sample.push_back(stream.next());
  }
  CHECK(stream.count() == 100'000);
  const double spread = chi_square(sample, 256);
  CHECK(spread > kChiSquareLow);
  CHECK(spread < kChiSquareHigh);
  // The correlation of independent samples has standard deviation 1 / sqrt(n) = 0.0032.
  for (const std::size_t lag : {1U, 2U, 3U, 7U, 64U}) {
    const std::vector<double> early(sample.begin(),
                                    sample.end() - static_cast<std::ptrdiff_t>(lag));
    const std::vector<double> late(sample.begin() + static_cast<std::ptrdiff_t>(lag), sample.end());
    CHECK(std::abs(correlation(early, late)) < 4.5 * 0.0032);
  }
}

TEST_CASE("the first draws of successive drills are uniform and uncorrelated", "[random][unit]") {
  std::vector<double> sample;
  for (std::uint64_t replication = 0; replication < 100'000; ++replication) {
    sample.push_back(DrillDraws(20, replication).uniform(entity_key("step"), 0));
  }
  const double spread = chi_square(sample, 256);
  CHECK(spread > kChiSquareLow);
  CHECK(spread < kChiSquareHigh);
  const std::vector<double> early(sample.begin(), sample.end() - 1);
  const std::vector<double> late(sample.begin() + 1, sample.end());
  CHECK(std::abs(correlation(early, late)) < 4.5 * 0.0032);
}

TEST_CASE("the first draws of many entities of one drill are uniform", "[random][unit]") {
  const DrillDraws drill(20, 5);
  std::vector<double> sample;
  for (int i = 0; i < 100'000; ++i) {
    sample.push_back(drill.uniform(entity_key("task-" + std::to_string(i)), 0));
  }
  const double spread = chi_square(sample, 256);
  CHECK(spread > kChiSquareLow);
  CHECK(spread < kChiSquareHigh);
}

TEST_CASE("neighbours in entity, replication, draw number and seed are independent",
          "[random][unit]") {
  const EntityKey one = entity_key("step-1");
  const EntityKey other = entity_key("step-2");
  const EntityKey adjacent{one.value + 1};
  std::vector<double> base, by_name, by_key, by_replication, by_number, by_seed;
  for (std::uint64_t replication = 0; replication < 50'000; ++replication) {
    const DrillDraws drill(9, replication);
    base.push_back(drill.uniform(one, 0));
    by_name.push_back(drill.uniform(other, 0));
    by_key.push_back(drill.uniform(adjacent, 0));
    by_replication.push_back(DrillDraws(9, replication + 1).uniform(one, 0));
    by_number.push_back(drill.uniform(one, 1));
    by_seed.push_back(DrillDraws(10, replication).uniform(one, 0));
  }
  // 4.5 standard deviations of 1 / sqrt(50,000) = 0.0045.
  CHECK(std::abs(correlation(base, by_name)) < 0.0202);
  CHECK(std::abs(correlation(base, by_key)) < 0.0202);
  CHECK(std::abs(correlation(base, by_replication)) < 0.0202);
  CHECK(std::abs(correlation(base, by_number)) < 0.0202);
  CHECK(std::abs(correlation(base, by_seed)) < 0.0202);
  // Uncorrelated is not independent: pairs must also fill the 16 by 16 cells of the unit square.
  for (const auto* pair : {&by_name, &by_key, &by_replication, &by_number, &by_seed}) {
    std::vector<double> joint;
    for (std::size_t i = 0; i < base.size(); ++i) {
      joint.push_back((std::floor(base[i] * 16) + (*pair)[i]) / 16);
    }
    const double spread = chi_square(joint, 256);
    CHECK(spread > kChiSquareLow);
    CHECK(spread < kChiSquareHigh);
  }
}

TEST_CASE("a further draw of one entity never moves another", "[random][unit]") {
  const DrillDraws drill(1, 0);
  Stream patient(drill, entity_key("patient"));
  std::array<double, 4> alone{};
  for (double& u : alone) {
    u = patient.next();
  }
  Stream again(drill, entity_key("patient"));
  Stream greedy(drill, entity_key("greedy"));
  for (const double expected : alone) {
    greedy.next();
    greedy.next();
    CHECK(again.next() == expected);
  }
}

}  // namespace
}  // namespace firedrill
