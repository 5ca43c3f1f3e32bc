// SPDX-License-Identifier: Apache-2.0
// The state of one import; private to workloads/import. One method per family of operators, spread
// over onnx_import*.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "workloads/import/network.h"
#include "workloads/import/onnx_graph.h"
#include "workloads/import/tensor_view.h"

namespace bitloom {

class OnnxImporter {
public:
    explicit OnnxImporter(OnnxGraph graph);
    Network run();

    struct Rule {
        std::size_t outputs;                            // so many of them may be read
        void (OnnxImporter::*import)(const OnnxNode&);  // null: on constants or in a pattern only
    };
    static const std::map<std::string, Rule>& rules();

private:
    // onnx_import.cpp: the frame
    void import_node(OnnxNode node);
    void define_input();
    void define_output();
    std::set<std::size_t> needed_nodes() const;
    void remove_unused();

    // onnx_import_values.cpp: access to tensors
    template <class... Args>
    [[noreturn]] void refuse(const OnnxNode& node, fmt::format_string<Args...> text,
                             Args&&... args) const {
        graph_.refuse(node, text, std::forward<Args>(args)...);
    }
    bool is_constant(const std::string& tensor) const { return graph_.constants.contains(tensor); }
    const OnnxConstant& constant(const OnnxNode& node, std::size_t input) const;
    const TensorView& raw_view(const OnnxNode& node, std::size_t input) const;
    TensorView view(const OnnxNode& node, std::size_t input) const;  // refuses a pending scale
    // Also one that a Pad precedes; the others refuse it.
    const TensorView& padded_view(const OnnxNode& node, std::size_t input) const;
    std::vector<std::int64_t> integers(const OnnxNode& node, std::size_t input) const;
    std::vector<std::int64_t> axes(const OnnxNode& node,
                                   std::size_t rank) const;  // attribute or input 1
    std::size_t axis(const OnnxNode& node, std::int64_t value, std::size_t rank) const;
    void define(const OnnxNode& node, TensorView view, std::size_t output = 0);
    std::string fresh(const std::string& wish);  // a name no activation, constant or node has
    std::string add_constant(const std::string& wish, Shape shape, std::vector<float> values);
    Node& add_node(const OnnxNode& source, Node node);
    // The activation with the view's factors in `order`, of shape `shape`; inserts nodes as needed.
    std::string materialize(const OnnxNode& node, const TensorView& view,
                            const std::vector<std::size_t>& order, const Shape& shape);
    TensorView plain(const OnnxNode& node,
                     const TensorView& view);  // in ONNX's order, batch dropped
    std::string image(const OnnxNode& node, const TensorView& view, Shape& shape);  // as [H,W,C]
    // Strides of the constant along the factors of the view; 0 where it is repeated.
    std::vector<std::int64_t> strides(const OnnxNode& node, const OnnxConstant& value,
                                      const TensorView& view) const;
    // The constant broadcast to the view's shape, in the order of the view's activation.
    std::vector<float> broadcast(const OnnxNode& node, const OnnxConstant& value,
                                 const TensorView& view);
    // The conv2d, gemm (or matmul) whose result this is, when nobody else reads it.
    Node* exclusive_producer(const TensorView& view);
    // The constant as one value per output channel of `producer`; nothing where it is not that.
    std::optional<std::vector<float>> per_channel(const OnnxNode& node, const OnnxConstant& value,
                                                  const TensorView& view, const Node& producer);
    void scale_channels(Node& producer, std::span<const float> factors);
    void shift_channels(Node& producer, std::span<const float> terms);

    // onnx_support.cpp: what is refused before anything is imported
    void check_operators();
    std::set<std::string> computed_tensors() const;  // that depend on the network's input

    // onnx_legacy.cpp
    OnnxNode aligned(OnnxNode node);
    Shape shape_of_tensor(const std::string& tensor) const;
    void refuse_training(const OnnxNode& node) const;

    // onnx_fold.cpp
    bool fold(const OnnxNode& node);
    OnnxConstant like(const OnnxNode& node, const OnnxConstant& source, Shape shape);
    void charge(const OnnxNode& node, const Shape& shape);
    std::int64_t cast_target(const OnnxNode& node) const;
    // Before operator set 4 Concat's axis was optional, and 1.
    std::int64_t concat_axis() const { return graph_.opset < 4 ? 1 : 0; }
    void fold_cast(const OnnxNode& node, OnnxConstant& result);
    void fold_binary(const OnnxNode& node, OnnxConstant& result);
    void fold_transpose(const OnnxNode& node, OnnxConstant& result);
    void fold_shape(const OnnxNode& node, OnnxConstant& result);
    void fold_gather(const OnnxNode& node, OnnxConstant& result);
    void fold_concat(const OnnxNode& node, OnnxConstant& result);
    void fold_slice(const OnnxNode& node, OnnxConstant& result);

    // onnx_import_gemm.cpp
    void conv(const OnnxNode& node);
    void gemm(const OnnxNode& node);
    void matmul(const OnnxNode& node);
    void matmul_activations(const OnnxNode& node);
    void dense(const OnnxNode& node, const TensorView& input, const std::vector<float>& weights,
               std::int64_t outputs, std::vector<float> bias);
    void batch_normalization(const OnnxNode& node);

    // onnx_import_elementwise.cpp
    void add(const OnnxNode& node);
    void subtract(const OnnxNode& node);
    void add_activations(const OnnxNode& node);
    void add_constant_to(const OnnxNode& node, std::size_t input, const OnnxConstant& value);
    void multiply(const OnnxNode& node);
    void divide(const OnnxNode& node);
    void multiply_by(const OnnxNode& node, std::size_t input, const OnnxConstant& factors);
    void relu(const OnnxNode& node);
    void clip(const OnnxNode& node);
    void gelu(const OnnxNode& node);
    void softmax(const OnnxNode& node);
    void layer_normalization(const OnnxNode& node);
    void elementwise(const OnnxNode& node, Node result);

    // onnx_import_pool.cpp
    Window window(const OnnxNode& node, const std::vector<std::int64_t>& kernel, const Shape& image,
                  const Padding& before = {}) const;
    void pool(const OnnxNode& node);
    void mean_of_padded(const OnnxNode& node, Node& result);
    void pad(const OnnxNode& node);
    void global_pool(const OnnxNode& node);
    void reduce_mean(const OnnxNode& node);

    // onnx_import_shape.cpp
    void identity(const OnnxNode& node);
    void cast(const OnnxNode& node);
    void reshape(const OnnxNode& node);
    void flatten(const OnnxNode& node);
    void squeeze(const OnnxNode& node);
    void unsqueeze(const OnnxNode& node);
    void transpose(const OnnxNode& node);
    void shape_of(const OnnxNode& node);
    void concat(const OnnxNode& node);
    void split(const OnnxNode& node);
    void slice(const OnnxNode& node);
    void gather(const OnnxNode& node);
    void give_shape(const OnnxNode& node, const TensorView& view, const Shape& shape);
    void select(const OnnxNode& node, std::size_t output, std::size_t axis,
                const std::vector<std::int64_t>& indices, bool drop_axis);

    OnnxGraph graph_;
    Network network_;
    std::map<std::string, TensorView> views_;
    std::map<std::string, int> uses_;               // of ONNX tensors by needed nodes and as output
    std::map<std::string, std::size_t> producers_;  // activation -> index in network_.nodes
    std::map<std::string, std::string> moved_;      // reshapes and transposes made so far
    std::set<std::string> names_;                   // taken
    std::map<std::string, int> next_name_;          // suffix to try for a name that is taken
    std::set<std::string> read_;                    // activations that a node reads
    std::int64_t computed_ = 0;                     // elements of constants made from constants
    std::int64_t kept_ = 0;                         // elements of network_.constants
    static constexpr std::int64_t most_kept = std::int64_t{1} << 30;
};

}  // namespace bitloom
