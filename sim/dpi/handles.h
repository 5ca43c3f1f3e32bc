// SPDX-License-Identifier: Apache-2.0
// Objects by number, for callers that know no pointers. Safe from several threads; one object must
// not be used by two at once.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "models/base/error.h"

namespace bitloom {

template <class Object>
class Handles {
public:
    explicit Handles(const char* what) : what_(what) {}

    int add(std::unique_ptr<Object> object) {
        const std::lock_guard lock(mutex_);
        objects_.push_back(std::move(object));
        return static_cast<int>(objects_.size());
    }

    // Throws Error for a number that was not given, or is free again.
    std::shared_ptr<Object> at(int handle) {
        const std::lock_guard lock(mutex_);
        return place(handle);
    }

    void remove(int handle) {
        const std::lock_guard lock(mutex_);
        place(handle).reset();
    }

private:
    std::shared_ptr<Object>& place(int handle) {
        if (handle < 1 || handle > std::ssize(objects_) ||
            !objects_[static_cast<std::size_t>(handle - 1)])
            fail("{} handle = {}: there is no such {}", what_, handle, what_);
        return objects_[static_cast<std::size_t>(handle - 1)];
    }

    const char* what_;
    std::mutex mutex_;
    std::vector<std::shared_ptr<Object>> objects_;
};

}  // namespace bitloom
