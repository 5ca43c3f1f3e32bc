// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/npz.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zip.h>

#include <algorithm>
#include <memory>

#include "models/base/error.h"
#include "workloads/data/data_file.h"
#include "workloads/data/npy.h"
#include "workloads/trace/names.h"

namespace bitloom {

namespace {

std::string text_of(zip_error_t* error) {
    std::string text = zip_error_strerror(error);
    zip_error_fini(error);
    return text;
}

}  // namespace

NpzFile::NpzFile(const std::filesystem::path& path) : file_(path.string()) {
    require_data_file(path);
    int code = 0;
    zip_t* archive = zip_open(file_.c_str(), ZIP_RDONLY, &code);
    if (archive == nullptr) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        fail("{}: not a .npz file: {}", file_, text_of(&error));
    }
    archive_ = archive;
    const zip_int64_t count = zip_get_num_entries(archive, 0);
    for (zip_int64_t i = 0; i < count; ++i) {
        const char* name = zip_get_name(archive, static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
        std::string text = name == nullptr ? "" : name;
        if (text.ends_with(".npy")) names_.push_back(text.substr(0, text.size() - 4));
    }
}

NpzFile::~NpzFile() {
    zip_discard(static_cast<zip_t*>(archive_));
}

bool NpzFile::has(const std::string& name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
}

Tensor NpzFile::read(const std::string& name) const {
    auto* archive = static_cast<zip_t*>(archive_);
    const std::string place = fmt::format("{}: {}", file_, shown(name));
    const std::string entry = name + ".npy";
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat(archive, entry.c_str(), ZIP_FL_ENC_RAW, &stat) != 0 ||
        (stat.valid & ZIP_STAT_SIZE) == 0)
        fail("{}: {}", place, zip_strerror(archive));
    if (stat.size > static_cast<zip_uint64_t>(largest_data_bytes))
        fail("{}: {} bytes: allowed: up to {}", place, stat.size, largest_data_bytes);
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> open(
        zip_fopen(archive, entry.c_str(), ZIP_FL_ENC_RAW), zip_fclose);
    if (!open) fail("{}: {}", place, zip_strerror(archive));
    // The size is the archive's word: memory is taken as bytes come.
    std::vector<std::byte> bytes;
    constexpr std::size_t piece = std::size_t{1} << 20;
    while (bytes.size() < stat.size) {
        const std::size_t wanted = std::min<std::size_t>(piece, stat.size - bytes.size());
        bytes.resize(bytes.size() + wanted);
        const zip_int64_t got = zip_fread(open.get(), bytes.data() + bytes.size() - wanted, wanted);
        if (got <= 0 || static_cast<std::size_t>(got) > wanted)
            fail("{}: is damaged: {}", place, zip_file_strerror(open.get()));
        bytes.resize(bytes.size() - wanted + static_cast<std::size_t>(got));
    }
    // The checksum is compared at the end of the entry only.
    std::byte beyond{};
    if (zip_fread(open.get(), &beyond, 1) != 0)
        fail("{}: is damaged: {}", place, zip_file_strerror(open.get()));
    return read_npy(bytes, place);
}

}  // namespace bitloom
