// Evidence packs: names that stay within the pack, digests of what is in it.
#include "reports/evidence.hpp"

#include <catch2/catch.hpp>

namespace firedrill {
namespace {

using Names = std::vector<std::string>;

TEST_CASE("documents keep their places to each other") {
  CHECK(pack_names({"/bank/drills/region.json"}) == Names{"region.json"});
  CHECK(pack_names(
            {"/bank/drills/region.json", "/bank/drills/runbooks/a.json", "/bank/system.json"}) ==
        Names{"drills/region.json", "drills/runbooks/a.json", "system.json"});
  CHECK(pack_names({}).empty());
}

TEST_CASE("no name leaves the pack, steers a shell or meets another") {
  CHECK(pack_names({"/a/..x/...", "/a/b'; $(rm) \n.json", "/a/\xE2\x80\xAE.json"}) ==
        Names{"..x/_...", "b_____rm___.json", "___.json"});
  // File systems that ignore case are common.
  CHECK(pack_names({"/a/One.json", "/a/one.json", "/a/on\xC3\xA9.json", "/a/on__.json"}) ==
        Names{"One.json", "one.json-2", "on__.json", "on__.json-2"});
  const std::string longest = pack_names({"/a/" + std::string(4096, 'x') + ".json"}).front();
  CHECK(longest.size() == 100);
  CHECK(longest.ends_with("x.json"));
}

TEST_CASE("a pack holds digests of every file but the digests") {
  Report report;
  report.scenario.name = "../region loss";
  report.scenario.title = "</script> | \xE2\x80\xAE `x`";
  EvidencePack pack;
  pack.files = {{"b.txt", "the second", "abc"}, {"a.txt", "the first", ""}};
  pack.left_out = {"nothing | else"};
  const std::vector<EvidenceFile> files = finished_pack(pack, report);
  REQUIRE(files.size() == 4);
  Names names;
  for (const EvidenceFile& file : files) names.push_back(file.name);
  CHECK(names == Names{"EVIDENCE.md", "SHA256SUMS", "a.txt", "b.txt"});
  // FIPS 180-2, appendix B.1, and the digest of nothing.
  const std::string& sums = files[1].bytes;
  CHECK(sums.find("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b.txt\n") !=
        std::string::npos);
  CHECK(sums.find("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.txt\n") !=
        std::string::npos);
  CHECK(sums.find("SHA256SUMS") == std::string::npos);
  const std::string& page = files[0].bytes;
  CHECK(page.find('<') == std::string::npos);
  CHECK(page.find("\xE2\x80\xAE") == std::string::npos);
  CHECK(page.find("nothing \\| else") != std::string::npos);
  CHECK(evidence_folder(report) == ".._region_loss-evidence");
}

}  // namespace
}  // namespace firedrill
