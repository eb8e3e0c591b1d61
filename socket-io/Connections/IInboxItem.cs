namespace SocketIo;

/// <summary>What can wait in an <see cref="OrderedInbox{T}"/>.</summary>
internal interface IInboxItem<T>
{
    /// <summary>How many bytes it holds while it waits.</summary>
    int Size { get; }

    /// <summary>The item with memory of its own: what it was made of is the caller's again once it waits.</summary>
    T Keep();
}
