namespace Ovms.Serving.Requests;

/// <summary>How far a call came with its infer request; decides what is known of the state that the request holds.</summary>
internal enum InferProgress
{
    /// <summary>Nothing was computed: the state is what it was.</summary>
    None,

    /// <summary>Something began and did not end well: the state is not known.</summary>
    Begun,

    /// <summary>The inference ended well: the state is what it made of it.</summary>
    Done,
}
