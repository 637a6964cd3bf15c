// The paged-attention pass of OpenVINO behind a C function, for a model that its C API has read. The C API has no function for the pass,
// and the pass throws: an exception that reached the caller's frames would end the process. Nothing is thrown across the functions below,
// and no C++ type crosses them.
//
// Compiled against the headers of one OpenVINO release and loaded beside it (publish/paged.sh). The caller compares ovms_paged_abi first.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>

#include <openvino/core/model.hpp>
#include <openvino/core/version.hpp>
#include <openvino/pass/sdpa_to_paged_attention.hpp>

#if defined(_WIN32)
#define OVMS_EXPORT extern "C" __declspec(dllexport)
#else
#define OVMS_EXPORT extern "C" __attribute__((visibility("default")))
#endif

#define OVMS_TEXT(value) #value
#define OVMS_VERSION(major, minor, patch) OVMS_TEXT(major) "." OVMS_TEXT(minor) "." OVMS_TEXT(patch)

// What the C API's handle of a model points to: a struct whose only member is the shared pointer. The header that declares it is not
// published, so the caller's self test transforms a small model and looks at the result.
struct ov_model {
    std::shared_ptr<ov::Model> object;
};

namespace {

// Counts up with each change of these functions.
constexpr std::uint32_t interface_version = 1;

enum : int { ok = 0, refused = 1, unknown_failure = 2, bad_argument = 3 };

void say(char* text, std::size_t capacity, const char* what) noexcept {
    if (text == nullptr || capacity == 0)
        return;
    std::strncpy(text, what == nullptr ? "" : what, capacity - 1);
    text[capacity - 1] = '\0';
}

}  // namespace

// The version of these functions, the size of a model's handle, the OpenVINO release whose headers were used and the build of the library
// that is linked now. The texts are static.
OVMS_EXPORT int ovms_paged_abi(std::uint32_t* version, std::uint32_t* handle_size, const char** headers, const char** library) noexcept {
    if (version == nullptr || handle_size == nullptr || headers == nullptr || library == nullptr)
        return bad_argument;
    try {
        *version = interface_version;
        *handle_size = static_cast<std::uint32_t>(sizeof(ov_model));
        *headers = OVMS_VERSION(OPENVINO_VERSION_MAJOR, OPENVINO_VERSION_MINOR, OPENVINO_VERSION_PATCH);
        *library = ov::get_openvino_version().buildNumber;
        return ok;
    } catch (...) {
        return unknown_failure;
    }
}

// Turns a stateful language model into one over paged attention, in place. After a failure, whose reason is in error, the model may be
// half changed and can only be freed.
OVMS_EXPORT int ovms_paged_transform(ov_model* model, char* error, std::size_t capacity) noexcept {
    say(error, capacity, "");
    if (model == nullptr || model->object == nullptr)
        return bad_argument;
    try {
        ov::pass::SDPAToPagedAttention pass;
        pass.run_on_model(model->object);
        return ok;
    } catch (const std::exception& failure) {
        say(error, capacity, failure.what());
        return refused;
    } catch (...) {
        return unknown_failure;
    }
}
