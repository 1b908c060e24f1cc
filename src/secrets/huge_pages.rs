//! Asks Linux to lay memory out in huge pages. An argon2 hash reads all over its memory, and with pages of
//! 4 KiB the processor has to look up nearly every one anew; with huge pages a hash is a sixth quicker
//! (`qupia calibrate` measures both). This is the crate's only unsafe code.

use std::mem::MaybeUninit;

/// Requests huge pages for memory that was not touched yet, since the system decides at the first touch.
/// Where they are not granted only the speed differs.
pub(super) fn ask_for<T>(untouched: &mut [MaybeUninit<T>]) {
    #[cfg(target_os = "linux")]
    {
        let page = rustix::param::page_size();
        let bytes = size_of_val(untouched);
        let start = untouched.as_mut_ptr().cast::<u8>();
        // Advice is given for whole pages: the first one that lies wholly inside, up to the last.
        let before_first_page = start.align_offset(page);
        let whole_pages = bytes.saturating_sub(before_first_page) / page * page;
        if whole_pages == 0 {
            return;
        }
        let first_page = start.wrapping_add(before_first_page);
        // SAFETY: the range lies inside `untouched`, which is borrowed exclusively for the whole call,
        // and `MADV_HUGEPAGE` changes neither the content of the pages nor whether they can be reached.
        #[allow(unsafe_code)]
        let _advice_taken = unsafe {
            rustix::mm::madvise(
                first_page.cast(),
                whole_pages,
                rustix::mm::Advice::LinuxHugepage,
            )
        };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = untouched;
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// The flags of the mapping with `address`, as Linux reports them.
    fn flags_at(address: usize) -> String {
        let maps = std::fs::read_to_string("/proc/self/smaps").expect("Linux tells its mappings");
        let mut is_inside = false;
        for line in maps.lines() {
            let bounds = line
                .split_once(' ')
                .and_then(|(bounds, _)| bounds.split_once('-'));
            let parsed = bounds.and_then(|(from, to)| {
                let from = usize::from_str_radix(from, 16).ok()?;
                Some(from..usize::from_str_radix(to, 16).ok()?)
            });
            if let Some(range) = parsed {
                is_inside = range.contains(&address);
            }
            if is_inside && let Some(flags) = line.strip_prefix("VmFlags:") {
                return flags.to_owned();
            }
        }
        panic!("no mapping holds the address");
    }

    #[test]
    fn memory_is_marked_for_huge_pages() {
        // A kernel without this folder grants none, and takes no advice.
        if !std::path::Path::new("/sys/kernel/mm/transparent_hugepage").exists() {
            return;
        }
        let mut blocks: Vec<u64> = Vec::with_capacity(1 << 20);
        ask_for(blocks.spare_capacity_mut());
        let middle = blocks.as_ptr() as usize + (4 << 20);
        assert!(flags_at(middle).split(' ').any(|flag| flag == "hg"));
    }

    #[test]
    fn less_than_a_page_is_left_alone() {
        let mut few: Vec<u8> = Vec::with_capacity(8);
        ask_for(few.spare_capacity_mut());
        few.extend([1, 2, 3]);
        assert_eq!(few, [1, 2, 3]);
    }
}
