using Ovms.Native;
using Ovms.Options;
using Ovms.Serving.Preparation;
using Ovms.Status;

namespace Ovms.Tests.Serving.Preparation;

/// <summary>The texts of the options about inputs and outputs, as tables.</summary>
public class SettingsTests
{
    [Test]
    [Arguments("(1,3,224,224)", "(1,3,224,224)")]
    [Arguments(" ( 1, 3 , -1,224:512 ) ", "(1,3,-1,[224~512])")]
    [Arguments("(1,10,)", "(1,10)")]
    [Arguments("(0)", "(0)")]
    [Arguments("(5:5)", "(5)")]
    [Arguments("()", "()")]
    public async Task Shape_IsRead(string text, string printed) =>
        await Assert.That(ShapeText.Parse(text).Value!.ToString()).IsEqualTo(printed);

    [Test]
    [Arguments("1,3,224,224")]
    [Arguments("((1,3))")]
    [Arguments("(1,3)(1,3)")]
    [Arguments("(1,3")]
    [Arguments("(1,,3)")]
    [Arguments("(1,3,,)")]
    [Arguments("(,)")]
    [Arguments("(1,-2)")]
    [Arguments("(1,+2)")]
    [Arguments("(1,a)")]
    [Arguments("(1.5)")]
    [Arguments("(0:5)")]
    [Arguments("(-1:5)")]
    [Arguments("(5:-1)")]
    [Arguments("(5:4)")]
    [Arguments("(1:2:3)")]
    [Arguments("(:)")]
    [Arguments("(99999999999999999999)")]
    [Arguments("[1,3]")]
    [Arguments("""{"x":"(1,3"}""")]
    [Arguments("""{"x":[1,3]}""")]
    [Arguments("""{"x":"(1)","x":"(2)"}""")]
    [Arguments("""{"x":"(1)" """)]
    [Arguments("{}")]
    public async Task Shape_ThatIsNone_IsRefused(string text)
    {
        Outcome<ShapeSetting> shape = ShapeSetting.Parse(text);

        await Assert.That(shape.Code).IsEqualTo(StatusCode.ShapeWrongFormat);
        await Assert.That(shape.Text).StartsWith("The provided shape is in wrong format - ");
    }

    [Test]
    [Arguments("auto", true)]
    [Arguments(" AUTO ", true)]
    [Arguments("""{"x":"AUTO","y":"(1)"}""", true)]
    [Arguments("""{"x":"(1)"}""", false)]
    [Arguments("(1)", false)]
    public async Task ShapeAuto_IsRead(string text, bool hasAuto)
    {
        ShapeSetting shape = ShapeSetting.Parse(text).Value!;

        await Assert.That(shape.HasAuto).IsEqualTo(hasAuto);
        await Assert.That(shape.IsGiven).IsTrue();
        await Assert.That(shape.IsAuto("x")).IsEqualTo(hasAuto);
    }

    [Test]
    [Arguments("", "")]
    [Arguments("0", "")]
    [Arguments("4", "4")]
    [Arguments(" 4 ", "4")]
    [Arguments("-1", "-1")]
    [Arguments("1:16", "[1~16]")]
    [Arguments("7:7", "7")]
    public async Task BatchSize_IsRead(string text, string printed)
    {
        List<string> warnings = [];

        await Assert.That(BatchSizeSetting.Parse(text, warnings).Value!.Size?.ToString() ?? "").IsEqualTo(printed);
        await Assert.That(warnings).IsEmpty();
    }

    [Test]
    [Arguments("four")]
    [Arguments("-2")]
    [Arguments("0:4")]
    [Arguments("4:1")]
    [Arguments("1.5")]
    [Arguments("1:2:3")]
    [Arguments("4294967296")]
    public async Task BatchSize_Malformed_WarnsAndIsTheModelsOwn(string text)
    {
        List<string> warnings = [];

        await Assert.That(BatchSizeSetting.Parse(text, warnings).Value).IsEqualTo(BatchSizeSetting.None);
        await Assert.That(warnings.Single()).StartsWith("Wrong batch size parameter provided. Model batch size will be set to default.");
    }

    [Test]
    [Arguments("auto")]
    [Arguments(" Auto ")]
    public async Task BatchSizeAuto_IsRead(string text) =>
        await Assert.That(BatchSizeSetting.Parse(text, []).Value).IsEqualTo(new BatchSizeSetting(null, IsAuto: true));

    [Test]
    [Arguments("auto", "", "batch_size auto compiles the model again")]
    [Arguments("", "auto", "shape auto compiles the model again")]
    [Arguments("auto", "(1,10)", "Both shape and batch size are given; the shape (1,10) is used and batch size auto is ignored.")]
    public async Task Auto_IsWarnedOf(string batchSize, string shape, string warning)
    {
        ModelSettings settings = ModelSettings.Parse(new ModelOptions { BatchSize = batchSize, Shape = shape }).Value!;

        await Assert.That(settings.Warnings.Single()).StartsWith(warning);
        await Assert.That(settings.IsAuto).IsEqualTo(shape != "(1,10)");
    }

    [Test]
    [Arguments("NHWC:NCHW")]
    [Arguments("nhwc:nchw")]
    [Arguments("NHWC : NCHW")]
    [Arguments(" NHWC\t:NCHW ")]
    [Arguments("""{"a":"NHWC : NCHW"}""")]
    [Arguments("NCHW")]
    [Arguments("N...")]
    [Arguments("...")]
    [Arguments("N?HWC")]
    [Arguments("N??")]
    [Arguments("N...C:NC...")]
    [Arguments("""{"a":"NHWC:NCHW","b":"NC"}""")]
    [Arguments("")]
    public async Task Layout_IsRead(string text) =>
        await Assert.That(LayoutSetting.Parse(text).Text).IsEqualTo("OK");

    [Test]
    [Arguments("NHWC:")]
    [Arguments("NHWC: ")]
    [Arguments(" : ")]
    [Arguments(":NCHW")]
    [Arguments("N HWC")]
    [Arguments("NHWC:NCHW:N")]
    [Arguments("NXWC")]
    [Arguments("N..")]
    [Arguments("....")]
    [Arguments("...N...")]
    [Arguments("NNHW")]
    [Arguments("N,C")]
    [Arguments("NHW:NCHW")]
    [Arguments("NHWC:N...")]
    [Arguments("NHWD:NHWC")]
    [Arguments("""{"a":1}""")]
    [Arguments("""{"a":"X"}""")]
    public async Task Layout_ThatIsNone_IsRefused(string text)
    {
        Outcome<LayoutSetting> layout = LayoutSetting.Parse(text);

        await Assert.That(layout.Code).IsEqualTo(StatusCode.LayoutWrongFormat);
        await Assert.That(layout.Text).StartsWith("The provided layout is in wrong format - ");
    }

    [Test]
    [Arguments("127.5", "127.5")]
    [Arguments("[123.7, 116.3,103.5]", "123.7 116.3 103.5")]
    [Arguments("(1,2,3)", "1 2 3")]
    [Arguments("-1e2", "-100")]
    [Arguments("[5]", "5")]
    [Arguments("", "")]
    public async Task Floats_AreRead(string text, string values)
    {
        await Assert.That(string.Join(' ', FloatSetting.ParseMean(text).Value!.Values)).IsEqualTo(values);
        await Assert.That(string.Join(' ', FloatSetting.ParseScale(text).Value!.Values)).IsEqualTo(values);
    }

    [Test]
    [Arguments("a")]
    [Arguments("[1,2")]
    [Arguments("(1,2]")]
    [Arguments("1,2")]
    [Arguments("[]")]
    [Arguments("[1,,2]")]
    [Arguments("NaN")]
    [Arguments("Infinity")]
    [Arguments("1e99")]
    public async Task Floats_ThatAreNone_AreRefused(string text)
    {
        await Assert.That(FloatSetting.ParseMean(text).Code).IsEqualTo(StatusCode.FloatWrongFormat);
        await Assert.That(FloatSetting.ParseScale(text).Text).StartsWith($"The provided float or array of floats is in wrong format - --scale {text}: ");
    }

    [Test]
    public async Task ScaleOfZero_IsRefused() =>
        await Assert.That(FloatSetting.ParseScale("[1,0]").Code).IsEqualTo(StatusCode.FloatWrongFormat);

    [Test]
    [Arguments("fp32:UINT8")]
    [Arguments(" fp32 : UINT8 ")]
    public async Task Precision_ReadsTargetThenSource(string text) =>
        await Assert.That(PrecisionSetting.Parse(text).Value).IsEqualTo(new PrecisionSetting(ElementType.F32, ElementType.U8));

    [Test]
    [Arguments("FP32")]
    [Arguments("FP32:")]
    [Arguments("FP32:U8")]
    [Arguments("FP32:UINT8:INT8")]
    public async Task Precision_ThatIsNone_IsRefused(string text) =>
        await Assert.That(PrecisionSetting.Parse(text).Text).StartsWith($"The provided precision is in wrong format - {text}: ");

    [Test]
    public async Task Color_ReadsTargetThenSource() =>
        await Assert.That(ColorFormatSetting.Parse("RGB:bgr").Value).IsEqualTo(new ColorFormatSetting(ColorFormat.Rgb, ColorFormat.Bgr));

    [Test]
    [Arguments("RGB")]
    [Arguments("RGB:")]
    [Arguments("RGB:XYZ")]
    [Arguments("RGB:BGR:RGB")]
    public async Task Color_ThatIsNone_IsRefused(string text) =>
        await Assert.That(ColorFormatSetting.Parse(text).Text).StartsWith($"The provided color format is in wrong format - {text}: ");

    [Test]
    [Arguments("BGR:GRAY", "GRAY cannot be converted to BGR")]
    [Arguments("NV12:RGB", "RGB cannot be converted to NV12")]
    [Arguments("RGB:NV12_2", "in one tensor")]
    public async Task Color_ThatCannotBeConverted_IsRefused(string text, string why)
    {
        await Assert.That(ColorFormatSetting.Parse(text).Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(ColorFormatSetting.Parse(text).Text).Contains(why);
    }

    [Test]
    public async Task BatchSizeBesideShape_IsIgnoredWithAWarning()
    {
        ModelSettings settings = ModelSettings.Parse(new ModelOptions { Shape = "(1,10)", BatchSize = "4" }).Value!;

        await Assert.That(settings.BatchSize).IsEqualTo(BatchSizeSetting.None);
        await Assert.That(settings.Warnings.Single()).IsEqualTo("Both shape and batch size are given; the shape (1,10) is used and batch size 4 is ignored.");
    }

    [Test]
    public async Task Nothing_IsNothing()
    {
        ModelSettings settings = ModelSettings.Parse(new ModelOptions()).Value!;

        await Assert.That(settings.ChangesValues || settings.Shape.IsGiven || settings.BatchSize.Size is not null).IsFalse();
        await Assert.That(settings.Warnings.Length).IsEqualTo(0);
    }

    [Test]
    public async Task FirstFault_IsTheFailure() =>
        await Assert.That(ModelSettings.Parse(new ModelOptions { Layout = "X", Mean = "y" }).Code).IsEqualTo(StatusCode.LayoutWrongFormat);
}
