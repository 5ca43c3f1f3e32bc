// SPDX-License-Identifier: Apache-2.0
// A resistive memory device: what it holds after programming and what a read of it gives later.
// A model is a pure function of its arguments; the random numbers come from outside (DeviceNoise),
// so a device never depends on another one, on the order of calls or on threads.
//
// Conductances are in uS. Times are in seconds since the first read, which is itself at t_0 after
// programming: time 0 has no drift yet but has the read noise of t_0.
#pragma once

#include <string>
#include <string_view>

namespace bitloom {

// The latest time of any model: ten years of 365 days. Fits of hours to a year are extrapolated.
inline constexpr double max_device_time_s = 10.0 * 365 * 86400;

// What one device keeps between programming and its last read.
struct DeviceState {
    double target_uS = 0.0;      // what was asked for
    double programmed_uS = 0.0;  // what it became, as far as a noiseless read at t_0 tells; >= 0
    double drift = 0.0;          // PCM: the drift exponent nu, >= 0; other models: their own
};

// What is known of a model beside its equations.
struct DeviceFacts {
    std::string name;        // as users type it: "pcm"
    std::string technology;  // "PCM (doped Ge2Sb2Te5, mushroom)"
    std::string source;      // publication and where in it
    double g_min_uS = 0.0;   // lowest target
    double g_max_uS = 25.0;  // highest target; the unit of whole-number conductances is g_max/2^20
    double t_0_s = 0.0;      // first read after programming; 0: the model does not depend on it
    double max_time_s = max_device_time_s;  // last time for which there is a model
};

class DeviceModel {
public:
    explicit DeviceModel(DeviceFacts facts) : facts_(std::move(facts)) {}
    virtual ~DeviceModel() = default;
    DeviceModel(const DeviceModel&) = delete;
    DeviceModel& operator=(const DeviceModel&) = delete;

    const DeviceFacts& facts() const { return facts_; }

    // Standard deviation of programming, in uS, before conductances below 0 become 0.
    virtual double programming_sigma_uS(double target_uS) const = 0;

    // A device after programming. `normal_programming` and `normal_drift` are two independent
    // standard normal draws. target_uS in g_min..g_max, else Error.
    virtual DeviceState program(double target_uS, double normal_programming,
                                double normal_drift) const = 0;

    // What one read gives, in uS, >= 0. `normal_read` is a standard normal draw: with 0 it is the
    // conductance without read noise. time_s in 0..max_time_s, else Error.
    virtual double read(const DeviceState& device, double time_s, double normal_read) const = 0;

protected:
    // "device pcm: target = 30 uS: must be 0..25".
    void check_target(double target_uS) const;
    // "device pcm: time = -1 s: must be 0..315360000".
    void check_time(double time_s) const;

private:
    DeviceFacts facts_;
};

}  // namespace bitloom
