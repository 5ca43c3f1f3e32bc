// SPDX-License-Identifier: Apache-2.0
#include "models/cim/device/device_list.h"

#include <fmt/ranges.h>

#include <memory>

#include "models/base/error.h"
#include "models/base/text.h"
#include "models/cim/device/gaussian_device.h"
#include "models/cim/device/pcm_device.h"
#include "models/cim/device/reram_cmo_device.h"
#include "models/cim/device/reram_wan_device.h"

namespace bitloom {

namespace {

using Models = std::vector<std::unique_ptr<const DeviceModel>>;

const Models& models() {
    static const Models all = [] {
        Models list;
        list.push_back(std::make_unique<PcmDevice>(joshi_pcm()));
        list.push_back(std::make_unique<PcmDevice>(hermes_one_device()));
        list.push_back(std::make_unique<PcmDevice>(hermes_two_devices()));
        list.push_back(std::make_unique<ReramWanDevice>());
        list.push_back(std::make_unique<ReramCmoDevice>(CmoAcceptance::fifth_percent));
        list.push_back(std::make_unique<ReramCmoDevice>(CmoAcceptance::two_percent));
        list.push_back(std::make_unique<GaussianDevice>("gaussian1", 0.01));
        list.push_back(std::make_unique<GaussianDevice>("gaussian5", 0.05));
        list.push_back(std::make_unique<GaussianDevice>("ideal", 0.0));
        return list;
    }();
    return all;
}

}  // namespace

const std::vector<std::string>& device_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list;
        for (const auto& model : models()) list.push_back(model->facts().name);
        return list;
    }();
    return names;
}

const DeviceModel& device_model(std::string_view name) {
    for (const auto& model : models())
        if (model->facts().name == name) return *model;
    fail("unknown device '{}'; known: {}{}", name, fmt::join(device_names(), " "),
         did_you_mean(name, device_names()));
}

}  // namespace bitloom
