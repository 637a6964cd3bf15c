using Ovms.Repository;

namespace Ovms.Tests.Repository;

/// <summary>The order in which a folder is searched, as a table over names.</summary>
public class ModelFileChoiceTests
{
    [Test]
    [Arguments("m.xml m.bin", "m.xml")]
    [Arguments("m.xml m.bin m.onnx m.tflite", "m.xml")]
    [Arguments("labels.xml m.onnx", "m.onnx")]
    [Arguments("m.xml other.bin m.onnx", "m.onnx")]
    [Arguments("m.xml", "m.xml")]
    [Arguments("m.onnx m.pdmodel m.pdiparams", "m.onnx")]
    [Arguments("m.pdmodel m.pdiparams m.pb", "m.pdmodel")]
    [Arguments("m.pdmodel m.tflite", "m.tflite")]
    [Arguments("m.pdmodel", "m.pdmodel")]
    [Arguments("saved_model.pb a.pb", "saved_model.pb")]
    [Arguments("m.pb m.tflite", "m.pb")]
    [Arguments("m.tflite readme.md", "m.tflite")]
    [Arguments("openvino_detokenizer.xml openvino_detokenizer.bin openvino_model.xml openvino_model.bin", "openvino_model.xml")]
    [Arguments("openvino_detokenizer.xml openvino_detokenizer.bin openvino_model.xml", "openvino_model.xml")]
    [Arguments("openvino_model.xml openvino_model.bin openvino_tokenizer.xml openvino_tokenizer.bin", "openvino_model.xml")]
    [Arguments("openvino_detokenizer.xml openvino_detokenizer.bin", "openvino_detokenizer.xml")]
    public async Task Order_IsThatOfTheFormats(string names, string chosen) =>
        await Assert.That(ModelFileChoice.Among(names.Split(' '))?.FileName).IsEqualTo(chosen);

    [Test]
    [Arguments("readme.md m.bin m.pdiparams m.XML")]
    [Arguments("xml")]
    public async Task NothingKnown_IsNoChoice(string names) =>
        await Assert.That(ModelFileChoice.Among(names.Split(' '))).IsNull();

    [Test]
    public async Task SeveralOfOneFormat_TheFirstNameWinsAndTheRestAreTold()
    {
        ModelFileChoice? choice = ModelFileChoice.Among(["c.xml", "c.bin", "b.bin", "a.xml", "b.xml"]);

        await Assert.That(choice!.FileName).IsEqualTo("b.xml");
        await Assert.That(string.Join(' ', choice.PassedOver)).IsEqualTo("c.xml");
    }
}
