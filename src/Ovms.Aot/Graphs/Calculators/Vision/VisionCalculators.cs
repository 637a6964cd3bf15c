namespace Ovms.Graphs.Calculators.Vision;

/// <summary>The calculators of this folder: images, detections, and drawing them.</summary>
internal static class VisionCalculators
{
    // Parts of the names of the original's other calculators of images, videos, tracking, landmarks and TensorFlow Lite.
    private static readonly string[] s_elsewhere =
    [
        "Image", "Video", "Crop", "Warp", "OpticalFlow", "Flow", "Track", "Motion", "Box", "Rect", "Landmark", "Detection", "Letterbox",
        "Feature", "Segmentation", "Overlay", "RenderData", "TfLite", "TensorsTo", "Visibility", "Threshold", "ColorConvert", "Gpu", "Face",
        "Hand", "Iris", "Pose", "Holistic", "Text", "Anomaly", "Classification", "Keypoint", "InferenceCalculatorCpu",
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CalculatorEntry> All { get; } =
    [
        new(
            "ImageTransformationCalculator",
            ImageTransformation.Bind,
            ImageTransformationOptions.MessageName,
            ImageTransformationOptions.Read),
        new("ImagePropertiesCalculator", ImageProperties.Bind),
        new("OpenVINOConverterCalculator", OpenVinoConverter.Bind, OpenVinoConverterOptions.MessageName, OpenVinoConverterOptions.Read),
        new("SsdAnchorsCalculator", SsdAnchors.Bind, SsdAnchorsOptions.MessageName, SsdAnchorsOptions.Read),
        new(
            "OpenVINOTensorsToDetectionsCalculator",
            TensorsToDetections.Bind,
            TensorsToDetectionsOptions.MessageName,
            TensorsToDetectionsOptions.Read),
        new("NonMaxSuppressionCalculator", NonMaxSuppression.Bind, NonMaxSuppressionOptions.MessageName, NonMaxSuppressionOptions.Read),
        new(
            "DetectionLabelIdToTextCalculator",
            DetectionLabelIdToText.Bind,
            DetectionLabelIdToTextOptions.MessageName,
            DetectionLabelIdToTextOptions.Read),
        new(
            "DetectionsToRenderDataCalculator",
            DetectionsToRenderData.Bind,
            DetectionsToRenderDataOptions.MessageName,
            DetectionsToRenderDataOptions.Read),
        new("AnnotationOverlayCalculator", AnnotationOverlay.Bind, AnnotationOverlayOptions.MessageName, AnnotationOverlayOptions.Read),
    ];

    /// <summary>Why another calculator of the original that works on images is not here; null if the name is none of these.</summary>
    /// <param name="name">The calculator's name.</param>
    public static string? WhyNotServed(string name) => Array.Exists(s_elsewhere, part => name.Contains(part, StringComparison.Ordinal))
        ? "of those for images and detections, these are: " + string.Join(", ", All.Select(static entry => entry.Name))
        : null;
}
